import assert from "node:assert/strict";
import { join } from "node:path";

import { isComparison, readComparisonManifest } from "../../lib/artifact/comparison_file.ts";
import { readRun } from "../../lib/artifact/read.ts";
import { RunError, UsageError } from "../../lib/errors.ts";
import { judgeStored } from "../../lib/metrics/compare/judge_comparison.ts";
import type { EngineChoice } from "../../lib/modes/compare/engine_choice.ts";
import {
  type ComparisonOptions,
  resumeComparison,
  runComparison,
} from "../../lib/modes/compare/run_comparison.ts";
import { gatherRuns } from "../../lib/modes/compare/gather_runs.ts";
import { runSimpleBatches } from "../../lib/modes/simple_batches.ts";
import { replayTrace } from "../../lib/modes/trace_replay.ts";
import { startSimulatorWorker } from "../../lib/simulator/worker.ts";

const engines: readonly EngineChoice[] = [
  { kind: "simulated", name: "mini-sglang", simulator: { engine: "mini-sglang" } },
  { kind: "simulated", name: "sglang", simulator: { engine: "sglang" } },
];

const quick: ComparisonOptions = {
  engines,
  comparisonId: "c",
  repeats: 2,
  loads: [0.1, 0.2],
  load: { trace: "demo", requests: 20, virtualTime: true, warmup: 1 },
};

async function inFolder(look: (outputDir: string) => Promise<void>): Promise<void> {
  const outputDir = await Deno.makeTempDir();
  try {
    await look(outputDir);
  } finally {
    await Deno.remove(outputDir, { recursive: true });
  }
}

Deno.test("runComparison() asks every engine the same at every load, in turn, with other texts in every repeat", () =>
  inFolder(async (outputDir) => {
    const order: string[] = [];
    const { stored: { manifest, runs }, folder } = await runComparison({ ...quick, outputDir }, {
      onStep: ({ engine, repeat }) => order.push(`${engines[engine]?.name} ${repeat}`),
    });
    assert.equal(folder, join(outputDir, "c"));
    assert.ok(isComparison(folder));
    assert.deepEqual(order, ["mini-sglang 1", "sglang 1", "sglang 2", "mini-sglang 2"]);
    assert.deepEqual(manifest.steps.map(({ status }) => status), Array(4).fill("complete"));
    assert.equal(manifest.status, "complete");
    assert.deepEqual(readComparisonManifest(folder), manifest);
    const hash = (name: string) => runs.get(name)?.manifest.workload.prompts.sha256;
    assert.equal(hash("c-mini-sglang-1"), hash("c-sglang-1"));
    assert.equal(hash("c-mini-sglang-2"), hash("c-sglang-2"));
    assert.notEqual(hash("c-sglang-1"), hash("c-sglang-2"));
    assert.ok(manifest.engines.every(({ info }) => info?.simulated === true));
    // Each run is one that can be read by itself.
    assert.equal((await readRun(join(folder, "c-sglang-2"))).manifest.mode, "trace-replay");
    const lengths = (name: string) =>
      Array.from(runs.get(name)?.records ?? [], ({ cell, id, inputTokens }) => `${cell} ${id} ${inputTokens}`)
        .sort();
    assert.deepEqual(lengths("c-sglang-1"), lengths("c-sglang-2"));
    assert.equal(lengths("c-sglang-1").length, 40);
    const { result: { pairs: [pair] } } = judgeStored({ manifest, runs });
    assert.deepEqual(pair?.fairness.filter(({ status }) => status === "error"), []);
    assert.equal(pair?.statistics?.repeats, 2);
  }));

Deno.test("engines whose names differ in signs alone have runs of their own", () =>
  inFolder(async (outputDir) => {
    const named = engines.map((engine, i) => ({ ...engine, name: i === 0 ? "a b" : "a_b" }));
    const { stored } = await runComparison({ ...quick, engines: named, repeats: 1, loads: [0.1], outputDir });
    const runs = stored.manifest.steps.flatMap((step) => step.runs);
    assert.equal(new Set(runs).size, 2);
    const wires = runs.map((run) => stored.runs.get(run)?.manifest.engine.name);
    assert.deepEqual(new Set(wires).size, 2, wires.join());
  }));

Deno.test("runComparison() refuses a load that stands twice before it makes anything", () =>
  inFolder(async (outputDir) => {
    await assert.rejects(runComparison({ ...quick, loads: [0.1, 0.1], outputDir }), /0\.1 stands twice/);
    assert.deepEqual([...Deno.readDirSync(outputDir)], []);
  }));

Deno.test("a comparison that was interrupted goes on without repeating what was measured whole", () =>
  inFolder(async (outputDir) => {
    const stop = new AbortController();
    const cells: string[] = [];
    let cellsEnded = 0;
    const interrupted = await runComparison({ ...quick, outputDir }, {
      signal: stop.signal,
      onEvent(event) {
        // In the second load of the second step.
        if (event.kind === "cellEnd" && ++cellsEnded === 3) queueMicrotask(() => stop.abort());
      },
    });
    const { folder } = interrupted;
    assert.equal(interrupted.stored.manifest.status, "interrupted");
    assert.deepEqual(interrupted.stored.manifest.steps.map(({ status }) => status).slice(2), [
      "planned",
      "planned",
    ]);
    const { stored } = await resumeComparison(folder, {
      onEvent: (event) => event.kind === "cellStart" && cells.push(event.cell.label),
    });
    assert.equal(stored.manifest.status, "complete");
    assert.deepEqual(stored.manifest.steps[1]?.runs, ["c-sglang-1", "c-sglang-1.2"]);
    assert.deepEqual(cells, ["scale 0.2", ...Array(2).fill(["scale 0.1", "scale 0.2"]).flat()]);
    const whole = await runComparison({ ...quick, comparisonId: "whole", outputDir });
    // Nothing in virtual time without noise depends on when it was asked, but for the rounding of instants to 1 µs.
    const means = (one: typeof stored) => {
      const { overall = [] } = judgeStored(one).result.pairs[0]?.statistics ?? {};
      return overall.flatMap(({ metric, statistic, a, b }) => statistic === "mean" ? [{ metric, a, b }] : []);
    };
    const [here, there] = [means(stored), means(whole.stored)];
    assert.deepEqual(here.map(({ metric }) => metric), ["ttft", "tpot", "e2e"]);
    for (const [i, { a, b }] of here.entries()) {
      assert.ok(Math.abs((a ?? NaN) / (there[i]?.a ?? NaN) - 1) < 1e-5);
      assert.ok(Math.abs((b ?? NaN) / (there[i]?.b ?? NaN) - 1) < 1e-5);
    }
    // Once more changes nothing.
    const again = await resumeComparison(folder, { onStep: () => assert.fail("a step was repeated") });
    assert.deepEqual(again.stored.manifest.steps, stored.manifest.steps);
  }));

Deno.test("a comparison goes on after its process was killed before a run had begun", () =>
  inFolder(async (outputDir) => {
    const { folder, stored: { manifest } } = await runComparison({ ...quick, outputDir });
    await Deno.remove(join(folder, "c-mini-sglang-2"), { recursive: true });
    const steps = manifest.steps.map((step) => step.index === 3 ? { ...step, status: "interrupted" } : step);
    await Deno.writeTextFile(
      join(folder, "comparison.json"),
      JSON.stringify({ ...manifest, status: "running", steps }),
    );
    const { stored } = await resumeComparison(folder);
    assert.deepEqual(stored.manifest.steps[3]?.runs, ["c-mini-sglang-2", "c-mini-sglang-2.2"]);
    assert.equal(judgeStored(stored).result.pairs[0]?.statistics?.repeats, 2);
  }));

Deno.test("runComparison() keeps what was measured when an engine dies, and says how to go on", () =>
  inFolder(async (outputDir) => {
    const worker = await startSimulatorWorker({ fixed: { ttftMs: 5, itlMs: 1 } });
    const server: EngineChoice = { kind: "server", name: "dying", baseUrl: worker.baseUrl };
    let ended = 0;
    const died = runComparison({
      ...quick,
      outputDir,
      engines: [server, { kind: "simulated", name: "other", simulator: { fixed: { ttftMs: 5, itlMs: 1 } } }],
      load: { ...quick.load, virtualTime: false, outputTokens: 2, requests: 6 },
    }, {
      async onEvent(event) {
        if (event.kind === "cellEnd" && ++ended === 4) await worker[Symbol.asyncDispose]();
      },
      signal: undefined,
    });
    // The dying one is asked first and last.
    await assert.rejects(died, (error) => {
      assert.ok(error instanceof RunError, String(error));
      assert.match(error.message, /^dying, repeat 2: /);
      assert.match(error.message, /--resume .*c$/);
      return true;
    });
    const { steps, status } = readComparisonManifest(join(outputDir, "c"));
    assert.equal(status, "failed");
    assert.deepEqual(steps.map(({ status }) => status), ["complete", "complete", "complete", "failed"]);
    assert.ok(steps[3]?.error);
  }));

Deno.test("runComparison() refuses different models before anything is measured, unless they are allowed", () =>
  inFolder(async (outputDir) => {
    const others: readonly EngineChoice[] = [
      { kind: "simulated", name: "large", simulator: {} },
      { kind: "simulated", name: "small", simulator: { model: "Qwen3-14B" } },
    ];
    await assert.rejects(
      runComparison({ ...quick, outputDir, engines: others }),
      (error) => error instanceof UsageError && /--allow-different-models/.test(error.message),
    );
    assert.deepEqual([...Deno.readDirSync(outputDir)], []);
    const { stored } = await runComparison({
      ...quick,
      outputDir,
      engines: others,
      allowDifferentModels: true,
    });
    const { result: { pairs: [pair] } } = judgeStored(stored);
    assert.equal(pair?.fairness.find(({ check }) => check === "model")?.status, "error");
    assert.equal(pair?.isFair, false);
  }));

for (
  const [what, change, message] of [
    ["one engine", { engines: engines.slice(0, 1) }, /Cannot compare one engine/],
    [
      "two of one name",
      { engines: [engines[0], engines[0]] as EngineChoice[] },
      /two engines are called "mini-sglang"/,
    ],
    ["no repeat", { repeats: 0 }, /'repeats' must be a whole number ≥ 1/],
    ["an unknown mode", { mode: "trace-repaly" }, /did you mean "trace-replay"/],
    [
      "virtual time of a server",
      {
        engines: [...engines, {
          kind: "server",
          name: "s",
          baseUrl: "http://127.0.0.1:1/v1",
        }] as EngineChoice[],
      },
      /virtual time/,
    ],
  ] as const
) {
  Deno.test(`runComparison() refuses ${what}`, () =>
    inFolder(async (outputDir) => {
      await assert.rejects(
        runComparison({ ...quick, outputDir, ...change }),
        (error) => error instanceof UsageError && message.test(error.message),
      );
      assert.deepEqual([...Deno.readDirSync(outputDir)], []);
    }));
}

for (const mode of ["simple", "dual-round"] as const) {
  Deno.test(`runComparison() compares in mode ${mode}`, () =>
    inFolder(async (outputDir) => {
      const load = mode === "simple"
        ? { maxInputTokens: 64, maxOutputTokens: 20, virtualTime: true }
        : { numSamples: [4], virtualTime: true };
      // At a second concurrency mini-sglang, which nothing empties, would know the dataset already.
      const loads = mode === "simple" ? [2, 4] : [2];
      const { stored } = await runComparison({ ...quick, outputDir, mode, loads, load });
      const { comparison, result: { pairs: [pair] } } = judgeStored(stored);
      const labels = comparison.loads.map(({ label }) => label);
      assert.equal(labels.length, 2, labels.join());
      assert.deepEqual(pair?.fairness.filter(({ status }) => status === "error"), []);
      assert.deepEqual(pair?.leftOut, []);
    }));
}

Deno.test("a dataset that one engine was asked before, and the other was not, is no fair comparison", () =>
  inFolder(async (outputDir) => {
    const load = { numSamples: [4], virtualTime: true };
    const { stored } = await runComparison({ ...quick, outputDir, mode: "dual-round", loads: [2, 4], load });
    const { result: { pairs: [pair] } } = judgeStored(stored);
    const errors = pair?.fairness.filter(({ status }) => status === "error").map(({ check }) => check);
    assert.deepEqual(errors, ["cache-state"]);
  }));

Deno.test("gatherRuns() compares runs that were measured before, and says that they were not asked in turn", () =>
  inFolder(async (outputDir) => {
    const measure = (name: string, engine: string) =>
      replayTrace({
        ...{
          outputDir,
          runId: name,
          trace: "demo",
          requests: 20,
          scales: [0.1, 0.2],
          virtualTime: true,
          warmup: 1,
        },
        simulator: { engine },
      });
    const [a, b] = [(await measure("one", "mini-sglang")).folder, (await measure("two", "sglang")).folder];
    const { stored, folder } = await gatherRuns([{ name: "A", folders: [a] }, { folders: [b] }], {
      ...{ outputDir, comparisonId: "c" },
    });
    assert.deepEqual(stored.manifest.steps.map(({ runs }) => runs), [["../one"], ["../two"]]);
    assert.deepEqual(stored.manifest.engines.map(({ name }) => name), ["A", "simulated-sglang"]);
    const { result: { pairs: [pair] } } = judgeStored(stored);
    assert.equal(pair?.statistics?.cells.length, 2);
    assert.deepEqual(pair?.fairness.filter(({ status }) => status === "error"), []);
    assert.match(pair?.fairness.find(({ check }) => check === "complete")?.evidence ?? "", /not in turn/);
    // It is complete: nothing is asked again.
    assert.equal((await resumeComparison(folder)).stored.runs.size, 2);

    const simple = await runSimpleBatches({ outputDir, runId: "simple", batchSizes: [2], virtualTime: true });
    for (
      const [engines, message] of [
        [[{ folders: [a] }], /name two or more/],
        [[{ folders: [a] }, { folders: [a, b] }], /one engine has 1 runs and another 2/],
        [[{ folders: [a] }, { folders: [simple.folder] }], /mode simple and the first run in trace-replay/],
        [[{ folders: [a] }, { folders: [join(outputDir, "nowhere")] }], /nowhere/],
      ] as const
    ) {
      await assert.rejects(
        gatherRuns(engines, { outputDir, comparisonId: "d" }),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    }
    // The same requests at other instants are no fair comparison.
    const other = await replayTrace({
      ...{
        outputDir,
        runId: "other",
        trace: "demo",
        requests: 20,
        scales: [0.1, 0.2],
        virtualTime: true,
        warmup: 1,
      },
      seed: 7,
      outputTokens: 9,
    });
    const unfair = await gatherRuns([{ folders: [a] }, { folders: [other.folder] }], {
      outputDir,
      comparisonId: "e",
    });
    const found = judgeStored(unfair.stored).result.pairs[0]?.fairness;
    const errors = found?.filter(({ status }) => status === "error").map(({ check }) => check);
    assert.ok(errors?.includes("prompts") && errors.includes("output-lengths"), String(errors));
  }));
