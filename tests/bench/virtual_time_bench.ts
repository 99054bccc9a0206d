/**
 * `deno task bench:virtual-time`: whether virtual time tells what real time would have measured, and how long it takes.
 *
 * The demo trace is replayed at one scale in real time (engine in its own thread, HTTP between) and in virtual time;
 * then the whole sweep of 1,000 requests at six scales is computed. `--no-sweep` leaves that out.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- benchmarks print their results
import { type CellSummary, summarizeRun } from "../../lib/metrics/mod.ts";
import { replayTrace, type TraceReplayOptions } from "../../lib/modes/trace_replay.ts";
import { publishReport } from "../../lib/report/publish.ts";
import { printTable } from "./table.ts";

const SCALE = 0.5;

const options: TraceReplayOptions = {
  ...{ headers: {}, transport: "node", timeoutMs: 300_000, simulator: {} },
  ...{ trace: "demo", scales: [SCALE], runId: "bench" },
};

/** Replays into a folder that is removed afterwards. @returns Summaries, and seconds for run, artifact and page. */
async function replay(
  change: Partial<TraceReplayOptions>,
): Promise<{ cells: readonly CellSummary[]; tookS: number }> {
  const outputDir = await Deno.makeTempDir();
  const startMs = performance.now();
  try {
    const { run } = await replayTrace({ ...options, outputDir, ...change });
    const { cells } = summarizeRun(run);
    await publishReport(run, `${outputDir}/page.html`);
    return { cells, tookS: (performance.now() - startMs) / 1000 };
  } finally {
    await Deno.remove(outputDir, { recursive: true });
  }
}

const real = await replay({});
const virtual = await replay({ virtualTime: true });
const [measured, computed] = [real.cells[0], virtual.cells[0]];
printTable(
  `Demo trace at scale ${SCALE}: measured in ${real.tookS.toFixed(1)} s, computed in ${
    virtual.tookS.toFixed(1)
  } s, ms`,
  ["", "real", "virtual", "real / virtual"],
  (["ttft", "tpot", "itl", "e2e"] as const).flatMap((metric) =>
    (["p50", "p99"] as const).map((statistic) => {
      const [realMs, virtualMs] = [measured, computed].map((cell) => cell?.[metric]?.[statistic] ?? NaN);
      const ratio = (realMs ?? NaN) / (virtualMs ?? NaN);
      return [
        `${metric} ${statistic}`,
        ...[realMs, virtualMs, ratio].map((value) => value?.toFixed(3) ?? "–"),
      ];
    })
  ),
);

if (!Deno.args.includes("--no-sweep")) {
  const { cells, tookS } = await replay({
    virtualTime: true,
    trace: "synthetic",
    requests: 1000,
    scales: undefined,
  });
  const tokens = cells.reduce((sum, cell) => sum + cell.outputTokens, 0);
  console.log(
    `${cells.length} × 1,000 requests with ${tokens} output tokens: ${tookS.toFixed(1)} s, page included`,
  );
}
