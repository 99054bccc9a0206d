import type { Run, TelemetryLine } from "../../../lib/types.ts";
import { makeRecord } from "../record.ts";
import { makeCell, makeSmallRun } from "./small_run.ts";

/** Two rounds of a run whose server was read every 100 ms, ten times a round; it was away once in the second. */
export function makeTelemetryRun(): Run {
  const cells = [1, 2].map((round) =>
    makeCell({
      index: round - 1,
      label: `round ${round}`,
      parameters: { concurrency: 5, round },
      schedule: "closed",
      offeredRequestsPerS: null,
      startMs: round * 10_000,
      endMs: round * 10_000 + 1000,
    })
  );
  return makeSmallRun(cells, cells.map(({ index }) => makeRecord([100, 200], { cell: index })), {
    telemetry: [
      {
        kind: "source",
        url: "http://127.0.0.1:30000/metrics",
        via: "page",
        intervalMs: 100,
        families: [
          { name: "sglang:token_usage", type: "gauge", help: "Share of the KV capacity." },
          { name: "sglang:prompt_tokens_total", type: "counter", help: "" },
          { name: "sglang:queue_time_seconds", type: "histogram", help: "" },
        ],
      },
      ...cells.flatMap(({ index, startMs }) => readings(index, startMs ?? 0)),
    ],
  });
}

function readings(cell: number, startMs: number): TelemetryLine[] {
  return Array.from({ length: 10 }, (_, i): TelemetryLine => {
    const atMs = startMs + i * 100;
    if (cell === 1 && i === 5) return { kind: "gap", cell, atMs, message: "connection refused" };
    const values = {
      'sglang:token_usage{tp_rank="0"}': i / 10,
      "sglang:prompt_tokens_total": cell * 1000 + i * 100,
      'sglang:queue_time_seconds_bucket{le="0.1"}': i,
      'sglang:queue_time_seconds_bucket{le="+Inf"}': 2 * i,
      "sglang:queue_time_seconds_count": 2 * i,
      "sglang:queue_time_seconds_sum": i,
    };
    return { kind: "sample", cell, atMs, values };
  });
}
