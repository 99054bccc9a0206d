import assert from "node:assert/strict";
import { parseGridFile } from "../../lib/modes/grid_file.ts";

Deno.test("parseGridFile() reads everything a grid can have", () => {
  const text = `
engine: { preset: [mine.yaml], tp: [1, 2], cache: naive, overlap: [on, off, true, false] }
scales: [0.4, 0.8]
trace: demo
requests: 100
seed: 0
slo: { ttft_ms: { p99: 1000, p50: 300 }, tpot_ms: 50 }
`.replace("on, off, ", "");
  assert.deepEqual(parseGridFile(text, "grid.yaml"), {
    engine: { preset: ["mine.yaml"], tp: [1, 2], cache: ["naive"], overlap: [true, false] },
    ...{ scales: [0.4, 0.8], trace: "demo", requests: 100, seed: 0 },
    slo: [
      { metric: "ttft", percentile: "p50", limitMs: 300 },
      { metric: "ttft", percentile: "p99", limitMs: 1000 },
      { metric: "tpot", percentile: "p99", limitMs: 50 },
    ],
  });
});

Deno.test("parseGridFile() of an empty file varies nothing", () => {
  assert.deepEqual(parseGridFile("", "grid.yaml"), { engine: {} });
});

const wrong: readonly (readonly [string, string, RegExp])[] = [
  ["a name that is not known", "engines: {}", /grid\.yaml as it has no "engines"; did you mean "engine"/],
  [
    "an option that is not known",
    "engine: { tps: 2 }",
    /grid\.yaml: engine as it has no "tps"; did you mean "tp"/,
  ],
  ["half a GPU", "engine: { tp: [2, 0.5] }", /engine: tp as it must be a whole number ≥ 1: it is 0\.5/],
  ["a word for a flag", "engine: { overlap: maybe }", /overlap as it must be true or false: it is "maybe"/],
  ["a scale of 0", "scales: [0]", /scales as it must be a number > 0: it is 0/],
  ["no scales", "scales: []", /scales as it has no values/],
  ["a latency that is not known", "slo: { itl: 5 }", /slo as it has no "itl"; did you mean "itl_ms"/],
  ["a percentile that is not known", "slo: { ttft_ms: { p98: 5 } }", /ttft_ms as it has no "p98"/],
  ["a limit in words", "slo: { ttft_ms: 1s }", /grid\.yaml: slo: ttft_ms as it must hold/],
  ["a list", "[1]", /grid\.yaml as it must hold/],
  ["what is not YAML", "engine: [", /grid\.yaml as it is not YAML/],
];

for (const [what, text, message] of wrong) {
  Deno.test(`parseGridFile() refuses ${what} and says where`, () => {
    assert.throws(() => parseGridFile(text, "grid.yaml"), message);
  });
}
