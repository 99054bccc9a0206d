import assert from "node:assert/strict";
import type { MeasuredRun } from "../../lib/modes/measured_runs.ts";
import { simulateMeasured, simulatorOf, summarizeComparisons } from "../../lib/modes/validate.ts";

const measured: MeasuredRun = {
  ...{ line: 2, model: "Qwen/Qwen3-0.6B", gpu: "h200_sxm", backend: "sglang", tp: 1 },
  ...{ inputTokens: 100, outputTokens: 8, concurrency: 2, ttftMs: 10, tpotMs: 2 },
};

Deno.test("simulatorOf() finds the GPU by its name without the socket", () => {
  assert.deepEqual(simulatorOf(measured, "sglang"), {
    ...{ engine: "sglang", model: "Qwen/Qwen3-0.6B", gpu: "h200", tp: 1 },
  });
});

for (const engine of ["sglang", "mini-sglang"]) {
  Deno.test(`simulateMeasured() gives means of a closed loop on ${engine}`, async () => {
    const comparison = await simulateMeasured(measured, { engine });
    assert.ok(comparison.kind === "simulated");
    assert.ok(comparison.ttftMs > 4, "the front end alone takes 4 ms");
    assert.ok((comparison.tpotMs ?? 0) > 0);
  });
}

Deno.test("simulateMeasured() gives no TPOT for answers of one token", async () => {
  const comparison = await simulateMeasured({ ...measured, outputTokens: 1 }, { engine: "sglang" });
  assert.equal(comparison.kind === "simulated" && comparison.tpotMs, null);
});

const skipped: readonly (readonly [string, Partial<MeasuredRun>, RegExp])[] = [
  ["an unknown GPU", { gpu: "b200_sxm" }, /must be one of H200, H100, A100: got "b200"/],
  ["a GPU with another memory", { gpu: "h100_pcie" }, /got "h100_pcie"/],
  ["an unknown model", { model: "Llama-3-8B" }, /Llama-3-8B/],
  ["GPUs that cannot share the model", { tp: 3 }, /'tp' must divide/],
  ["a prompt shorter than the template", { inputTokens: 8 }, /must be > 8/],
  ["a request longer than the context", { inputTokens: 50_000 }, /a request failed: .*40960/],
];

for (const [what, change, reason] of skipped) {
  Deno.test(`simulateMeasured() leaves out ${what} and says why`, async () => {
    const comparison = await simulateMeasured({ ...measured, ...change }, { engine: "sglang" });
    assert.ok(comparison.kind === "skipped", JSON.stringify(comparison));
    assert.match(comparison.reason, reason);
  });
}

Deno.test("summarizeComparisons() counts what was measured and simulated", () => {
  const simulated = (change: Partial<MeasuredRun>, ttftMs: number, tpotMs: number | null) =>
    ({ kind: "simulated", measured: { ...measured, ...change }, ttftMs, tpotMs }) as const;
  const comparisons = [
    simulated({}, 11, 1.5), // +10 %, −25 %
    simulated({ ttftMs: null }, 99, 2.5), // nothing, +25 %
    simulated({ ttftMs: 20 }, 16, null), // −20 %, nothing
    { kind: "skipped", measured, reason: "unknown" } as const,
  ];
  const { rows, tpotMape, tpotBias, ttftMape, ttftBias } = summarizeComparisons(comparisons);
  assert.deepEqual([rows, tpotMape, tpotBias], [3, 0.25, 0]);
  assert.deepEqual([ttftMape?.toFixed(9), ttftBias?.toFixed(9)], ["0.150000000", "-0.050000000"]);
});

Deno.test("summarizeComparisons() has no error where nothing was measured", () => {
  assert.deepEqual(summarizeComparisons([]), {
    ...{ rows: 0, tpotMape: null, tpotBias: null, ttftMape: null, ttftBias: null },
  });
});
