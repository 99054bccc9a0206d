/**
 * Records that another tool wrote do not know everything of themselves; what they do not know has no number.
 */
import assert from "node:assert/strict";

import { describe } from "../../lib/metrics/distribution.ts";
import {
  e2e,
  itl,
  type Metric,
  sampleMetric,
  sendLag,
  summarizeCell,
  tpot,
  ttft,
  ttftFromSchedule,
} from "../../lib/metrics/mod.ts";
import type { UnknownPart } from "../../lib/types.ts";
import { makeRecord } from "../testdata/record.ts";
import { makeCell } from "../testdata/runs/small_run.ts";

const metrics: Readonly<Record<string, Metric>> = { ttft, ttftFromSchedule, tpot, itl, e2e, sendLag };

for (
  const [part, missing] of [
    ["schedule", ["ttftFromSchedule", "sendLag"]],
    ["clock", []],
    ["gaps", ["itl"]],
    ["last", ["tpot", "e2e"]],
  ] as const
) {
  Deno.test(`a record that does not know "${part}" has no ${missing.join(", ") || "latency less"}`, () => {
    const unknown: readonly UnknownPart[] = [part];
    const record = makeRecord([100, 120, 150], { sentMs: 10, scheduledMs: 5, unknown });
    const without = Object.entries(metrics).filter(([, metric]) =>
      describe(sampleMetric(metric, [record])) === null
    );
    assert.deepEqual(without.map(([name]) => name), missing);
  });
}

Deno.test("without a common clock there is no throughput, no duration and no concurrency", () => {
  const unknown: readonly UnknownPart[] = ["schedule", "clock"];
  const records = [0, 1, 2].map((id) => makeRecord([100, 120, 150], { id, sentMs: 0, unknown }));
  const cell = summarizeCell(makeCell({ requestCount: 3 }), records);
  const { requestsPerS, outputTokensPerS, durationMs, meanConcurrency, peakInFlight, peakQueued } = cell;
  assert.deepEqual(
    { requestsPerS, outputTokensPerS, durationMs, meanConcurrency, peakInFlight, peakQueued },
    {
      ...{ requestsPerS: null, outputTokensPerS: null, durationMs: null },
      ...{ meanConcurrency: null, peakInFlight: null, peakQueued: null },
    },
  );
  assert.equal(cell.ttft?.p50, 100);
});
