import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

import { readRun } from "../../lib/artifact/read.ts";
import { summarizeRun } from "../../lib/metrics/mod.ts";
import type { Configuration, WhatIf } from "../../lib/metrics/what_if.ts";
import { simulateGrid, type WhatIfOptions } from "../../lib/modes/what_if.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const base: WhatIfOptions = {
  ...{ id: "grid", startedAt: "2026-11-22T12:00:00.000Z", command: [], outputDir: "" },
  ...{ grid: { tp: [2, 4] }, trace: "demo", requests: 30, scales: [0.5, 1], seed: 42, slo: [] },
};

/** Simulates into a folder of its own. */
async function simulate(
  change: Partial<WhatIfOptions>,
  look: (whatIf: WhatIf, folder: string) => void | Promise<void> = () => {},
): Promise<void> {
  const outputDir = await Deno.makeTempDir();
  try {
    await look(await simulateGrid({ ...base, outputDir, ...change }), outputDir);
  } finally {
    await Deno.remove(outputDir, { recursive: true });
  }
}

function pointsOf(configuration: Configuration | undefined) {
  assert.ok(configuration?.outcome.kind === "run");
  return configuration.outcome.points;
}

Deno.test("every configuration is a run of its own that can be read, with the grid's numbers", () =>
  simulate({}, async ({ configurations, status }, folder) => {
    assert.equal(status, "complete");
    assert.deepEqual(configurations.map(({ label }) => label), ["TP 2", "TP 4"]);
    for (const configuration of configurations) {
      assert.ok(configuration.outcome.kind === "run");
      const run = await readRun(`${folder}/${configuration.outcome.runId}`);
      assert.deepEqual([run.manifest.mode, run.manifest.clock, run.incomplete], [
        "what-if",
        "virtual",
        false,
      ]);
      assert.match(run.manifest.title, new RegExp(`${configuration.label}: demo trace`));
      assert.deepEqual(run.manifest.cells.map(({ parameters }) => parameters.scale), [0.5, 1]);
      const { cells } = summarizeRun(run);
      const points = pointsOf(configuration); // least load first
      assert.deepEqual(points.map(({ scale }) => scale), [1, 0.5]);
      assert.equal(points[1]?.outputTokensPerS, cells[0]?.outputTokensPerS);
      assert.equal(points[0]?.latencies.ttft?.p50Ms, cells[1]?.ttft?.p50);
    }
  }));

Deno.test("no load finds in the prefix cache what another load left there", async () => {
  const grid = { engine: ["sglang"], tp: [4] };
  /** Share of cached prompt tokens by scale. */
  const sharesOf = async (scales: readonly number[]) => {
    const shares = new Map<number, number | null>();
    await simulate({ grid, scales }, ({ configurations }) => {
      for (const { scale, cachedShare } of pointsOf(configurations[0])) shares.set(scale, cachedShare);
    });
    return shares;
  };
  const [together, first, second] = [
    await sharesOf([0.5, 0.6]),
    await sharesOf([0.5]),
    await sharesOf([0.6]),
  ];
  assert.deepEqual(together, new Map([...second, ...first]));
  assert.ok((first.get(0.5) ?? 1) < 0.7, "nearly everything was cached");
});

Deno.test("what does not fit is part of the result", () =>
  simulate({ grid: { tp: [3, 4] } }, ({ configurations }) => {
    const [first, second] = configurations;
    assert.ok(first?.outcome.kind === "impossible");
    assert.match(first.outcome.reason, /'tp' must divide/);
    assert.equal(second?.outcome.kind, "run");
  }));

Deno.test("a wire format on another engine's scheduler gets no verdict", () => {
  const slo = [{ metric: "ttft", percentile: "p50", limitMs: 1e6 }] as const;
  return simulate({ grid: { engine: ["vllm", "sglang"] }, slo, scales: [1] }, ({ configurations }) => {
    assert.deepEqual(configurations.map((one) => pointsOf(one)[0]?.slo.met), [null, true]);
    assert.match(configurations[0]?.noVerdict ?? "", /vLLM wire format, not its scheduler/);
  });
});

Deno.test("the largest load is looked for between the scales and added to the run", async () => {
  const options = { grid: { tp: [2] }, scales: [0.02, 2] };
  let limitMs = 0;
  await simulate(options, ({ configurations }) => { // half way between what both scales give
    const [slow, fast] = pointsOf(configurations[0]).map(({ latencies }) => latencies.ttft?.p50Ms ?? NaN);
    assert.ok(slow && fast && slow < fast);
    limitMs = Math.sqrt(slow * fast);
  });
  const slo = [{ metric: "ttft", percentile: "p50", limitMs }] as const;
  await simulate({ ...options, slo, findLoad: true }, ({ configurations }) => {
    const points = pointsOf(configurations[0]);
    assert.equal(points.length, 4);
    const met = points.findLast((point) => point.slo.met === true);
    const missed = points.find((point) => point.slo.met === false);
    assert.ok(met && missed && met.scale > missed.scale && met.scale / missed.scale <= 1.05);
  });
});

Deno.test("an interrupted grid keeps what was computed", () => {
  const controller = new AbortController();
  const options = { signal: controller.signal, onEnd: () => controller.abort() };
  return simulate(options, ({ status, configurations }) => {
    assert.equal(status, "interrupted");
    assert.deepEqual(configurations.map(({ label }) => label), ["TP 2"]);
  });
});

Deno.test("a grid that cannot be used is refused", async () => {
  await assert.rejects(simulate({ scales: [1, 1] }), /scale factor 1 stands twice/);
  await assert.rejects(simulate({ grid: { gpu: ["H300"] } }), { name: "UsageError" });
  await assert.rejects(
    simulate({ inputTokens: 1e6 }),
    /every row of demo is left out: .* more than the context/,
  );
});

/** Runs the task as a user would. */
async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const outputDir = await Deno.makeTempDir();
  const all = ["task", "simulate", ...args, "--output-dir", outputDir, "--no-report"];
  const { code, stdout, stderr } = await new Deno.Command("deno", { args: all, cwd: root }).output();
  await Deno.remove(outputDir, { recursive: true });
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("simulate --json prints one line, and --fail-on-slo exits with 99", async () => {
  const small = ["--tp", "4", "--trace", "demo", "--scales", "1", "--slo-percentile", "p50"];
  const strict = await run(...small, "--slo-ttft-ms", "0.001", "--fail-on-slo", "--json");
  assert.equal(strict.code, 99, strict.stderr);
  assert.equal(strict.stdout.trim().split("\n").length, 1);
  assert.equal(JSON.parse(strict.stdout).configurations[0].outcome.points[0].slo.met, false);
  const mild = await run(...small, "--slo-ttft-ms", "1000000", "--fail-on-slo");
  assert.equal(mild.code, 0, mild.stderr);
  assert.match(mild.stdout, /bound not reached/);
});

Deno.test("simulate refuses what it cannot use with exit code 2, without the network", async () => {
  for (
    const [args, message] of [
      [["--tp", "two"], /whole number/],
      [["--find-load"], /without an objective/],
      [["--grid", "no/such.yaml"], /Cannot read grid no\/such\.yaml/],
      [["--trace", "no-such-trace"], /Cannot open trace/],
    ] as const
  ) {
    const { code, stderr } = await run(...args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
  }
});

Deno.test("simulate exits with 1 when no configuration can be", async () => {
  const { code, stderr } = await run("--tp", "3");
  assert.equal(code, 1);
  assert.match(stderr, /no configuration is possible/);
});
