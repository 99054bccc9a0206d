import assert from "node:assert/strict";
import { Command } from "@commander-js/extra-typings";
import { DEFAULT_GRID, gridFlags, gridOf, readGridFile, sloOf } from "../../lib/cli/simulate_flags.ts";

function parse(...args: string[]) {
  return gridFlags(new Command().exitOverride().configureOutput({ writeErr: () => {} }))
    .parse(args, { from: "user" }).opts();
}

const none = { engine: {} };

Deno.test("gridOf() takes several values per flag, parted by spaces or commas", () => {
  const flags = parse("--tp", "1", "2,4", "--gpu", "H200", "H100", "--overlap", "on", "off");
  assert.deepEqual(gridOf(flags, none), { tp: [1, 2, 4], gpu: ["H200", "H100"], overlap: [true, false] });
});

Deno.test("gridOf() has a grid of its own only where nothing is said about the engine", () => {
  assert.deepEqual(gridOf(parse(), none), DEFAULT_GRID);
  assert.deepEqual(gridOf(parse("--gpu", "H100"), none), { gpu: ["H100"] });
});

Deno.test("gridOf() lets flags win over the file, option by option", () => {
  const file = { engine: { tp: [2], cache: ["radix", "naive"] } };
  assert.deepEqual(gridOf(parse("--tp", "8"), file), { tp: [8], cache: ["radix", "naive"] });
});

Deno.test("gridOf() reads presets by name", () => {
  assert.deepEqual(gridOf(parse("--sim-preset", "qwen3-14b"), none), {
    preset: [{ name: "qwen3-14b", options: { model: "Qwen3-14B" } }],
  });
  assert.throws(() => gridOf(parse("--sim-preset", "qwen3-15b"), none), /did you mean/);
});

Deno.test("sloOf() replaces what the file says of a latency", () => {
  const file = {
    engine: {},
    slo: [
      { metric: "ttft", percentile: "p50", limitMs: 1 },
      { metric: "e2e", percentile: "p99", limitMs: 2 },
    ] as const,
  };
  assert.deepEqual(sloOf(parse("--slo-ttft-ms", "300", "--slo-percentile", "p90"), file), [
    { metric: "ttft", percentile: "p90", limitMs: 300 },
    { metric: "e2e", percentile: "p99", limitMs: 2 },
  ]);
  assert.deepEqual(sloOf(parse(), none), []);
});

for (
  const args of [["--tp", "0"], ["--overlap", "yes"], ["--slo-ttft-ms", "0"], ["--slo-percentile", "p98"]]
) {
  Deno.test(`gridFlags() refuses ${args.join(" ")}`, () => {
    assert.throws(() => parse(...args), { name: "CommanderError" });
  });
}

Deno.test("readGridFile() reads the sample, and says which file is not there", () => {
  const sample = readGridFile("data/samples/grid.yaml");
  assert.deepEqual(sample.engine.tp, [2, 4]);
  assert.throws(() => readGridFile("no/such.yaml"), /Cannot read grid no\/such\.yaml/);
});
