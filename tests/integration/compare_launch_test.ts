import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { readComparisonManifest } from "../../lib/artifact/comparison_file.ts";
import { RunError, UsageError } from "../../lib/errors.ts";
import { judgeStored } from "../../lib/metrics/compare/judge_comparison.ts";
import type { RunEvent } from "../../lib/modes/run_cells.ts";
import type { EngineChoice } from "../../lib/modes/compare/engine_choice.ts";
import {
  type ComparisonOptions,
  type ComparisonWatcher,
  resumeComparison,
  runComparison,
} from "../../lib/modes/compare/run_comparison.ts";

const SERVE = fileURLToPath(new URL("../../lib/cli/serve.ts", import.meta.url));
const serve = (engine: string) =>
  `deno run --no-check --no-prompt --allow-net=127.0.0.1 --allow-read --allow-env ${SERVE} --sim-engine ${engine} --port {port}`;

interface Place {
  readonly folder: string;
  /** Runs the comparison of two engines of the file. */
  compare(
    names: readonly [string, string],
    change?: Partial<ComparisonOptions>,
    watcher?: ComparisonWatcher,
  ): ReturnType<typeof runComparison>;
  /** Writes the file of engines: shell commands by name. */
  write(commands: Readonly<Record<string, string>>, more?: string): void;
  readonly ports: readonly number[];
}

/** A folder and ports; afterwards nothing may listen. */
async function inPlace(use: (place: Place) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const enginesFile = join(folder, "engines.yaml");
  const ports = [freePort(), freePort()];
  try {
    await use({
      folder,
      ports,
      write(commands, more = "") {
        const engines = Object.entries(commands).map(([name, command], i) =>
          `  ${name}:\n    command: [sh, -c, ${JSON.stringify(command)}, sh, --tp, "{tp}"]\n    port: ${
            ports[i]
          }\n` +
          `    health_path: /v1/models\n${more}`
        );
        Deno.writeTextFileSync(enginesFile, `engines:\n${engines.join("")}`);
      },
      compare: (names, change, watcher) =>
        runComparison({
          engines: names.map((profile): EngineChoice => ({
            kind: "launched",
            name: profile,
            profile,
            enginesFile,
          })),
          ...{ comparisonId: "c", repeats: 2, loads: [0.02], outputDir: folder },
          load: { trace: "demo", requests: 5, outputTokens: 2, warmup: 1 },
          ...change,
        }, watcher),
    });
    for (const port of ports) Deno.listen({ hostname: "127.0.0.1", port }).close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

const logsIn = (folder: string) =>
  [...Deno.readDirSync(join(folder, "c"))].map(({ name }) => name).filter((name) => name.endsWith(".log"))
    .sort();

Deno.test("runComparison() starts each engine when its turn comes, and stops it", () =>
  inPlace(async ({ folder, ports, write, compare }) => {
    write({ one: `exec ${serve("mini-sglang")}`, two: `exec ${serve("sglang")}` });
    const { stored } = await compare(["one", "two"]);
    const { manifest } = stored;
    assert.equal(manifest.status, "complete");
    assert.deepEqual(manifest.engines.map(({ options: { port, tp } }) => ({ port, tp })), [
      { port: ports[0], tp: 1 },
      { port: ports[1], tp: 1 },
    ]);
    assert.match(
      manifest.engines[0]?.launchCommand?.join(" ") ?? "",
      new RegExp(`--sim-engine mini-sglang --port ${ports[0]}`),
    );
    assert.deepEqual(manifest.engines.map(({ info }) => info?.simulated), [true, true]);
    // Their caches cannot be emptied, so they are started anew for every repeat.
    assert.deepEqual(logsIn(folder), ["one-1.log", "one-4.log", "two-2.log", "two-3.log"]);
    const { result: { pairs: [pair] } } = judgeStored(stored);
    const found = new Map(pair?.fairness.map(({ check, status }) => [check, status]));
    assert.equal(found.get("cache-state"), "ok");
    assert.equal(found.get("hardware"), "ok");
    // Another command is another engine.
    const steps = manifest.steps.map((step) => ({
      ...step,
      status: step.index === 3 ? "planned" : step.status,
    }));
    await Deno.writeTextFile(join(folder, "c", "comparison.json"), JSON.stringify({ ...manifest, steps }));
    write({ one: `exec ${serve("vllm")}`, two: `exec ${serve("sglang")}` });
    await assert.rejects(
      resumeComparison(join(folder, "c")),
      (error) =>
        error instanceof UsageError &&
        /Cannot go on as one was started by .* restore its profile/s.test(error.message),
    );
  }));

Deno.test("runComparison() keeps an engine for the next repeat where its cache can be emptied", () =>
  inPlace(async ({ folder, write, compare }) => {
    write({ one: `exec ${serve("sglang")}`, two: `exec ${serve("sglang")}` }, "    based_on: sglang\n");
    await compare(["one", "two"]);
    assert.deepEqual(logsIn(folder), ["one-1.log", "one-4.log", "two-2.log"]);
  }));

Deno.test("runComparison() shows why an engine died while loading, and how to go on", () =>
  inPlace(async ({ folder, write, compare }) => {
    write({
      one: `exec ${serve("sglang")}`,
      two: "echo loading {port}; echo CUDA out of memory >&2; exit 3",
    });
    await assert.rejects(compare(["one", "two"]), (error) => {
      assert.ok(error instanceof RunError, String(error));
      assert.match(error.message, /^two, repeat 1: Cannot start two as it exited with code 3/);
      assert.match(error.message, /CUDA out of memory/);
      assert.match(error.message, /--resume .*c$/);
      return true;
    });
    const { status, steps } = readComparisonManifest(join(folder, "c"));
    assert.equal(status, "failed");
    assert.deepEqual(steps.map(({ status }) => status), ["complete", "failed", "planned", "planned"]);
  }));

Deno.test("runComparison() ends at once when an engine dies under load, and says with which last words", () =>
  inPlace(async ({ folder, write, compare }) => {
    const stop = join(folder, "stop");
    write({
      one: `${
        serve("sglang")
      } & while [ ! -e ${stop} ]; do sleep 0.05; done; kill $!; echo Segmentation fault; exit 9`,
      two: `exec ${serve("sglang")}`,
    });
    // Hours, unless it ends.
    const change = { loads: [1000], load: { trace: "demo", requests: 100, warmup: 1 } };
    const onEvent = ({ kind }: RunEvent) => kind === "cellStart" && Deno.writeTextFileSync(stop, "");
    await assert.rejects(compare(["one", "two"], change, { onEvent }), (error) => {
      assert.ok(error instanceof RunError, String(error));
      assert.match(error.message, /^one, repeat 1: one exited with code 9/);
      assert.match(error.message, /Segmentation fault/);
      return true;
    });
    const { steps: [first] } = readComparisonManifest(join(folder, "c"));
    assert.equal(first?.status, "failed");
  }));

Deno.test("runComparison() refuses a port that is in use before it measures anything", () =>
  inPlace(async ({ folder, ports: [port = 0], write, compare }) => {
    write({ one: `exec ${serve("sglang")}`, two: `exec ${serve("sglang")}` });
    using _other = Deno.listen({ hostname: "127.0.0.1", port });
    await assert.rejects(
      compare(["one", "two"]),
      (error) => error instanceof UsageError && error.message.includes(`on port ${port} as it is in use`),
    );
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["engines.yaml"]);
  }));
