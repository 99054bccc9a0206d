/**
 * `deno task bench:virtual-time`: whether virtual time tells what real time would have measured, and how long it takes.
 *
 * The demo trace is replayed at one scale in real time (engine in its own thread, HTTP between) and in virtual time;
 * then 1,000 requests twice at six levels of concurrency, and 1,000 at six scales, are computed. `--no-sweep` leaves these out.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- benchmarks print their results
import { type CellSummary, summarizeRun } from "../../lib/metrics/mod.ts";
import { runRounds } from "../../lib/modes/run_rounds.ts";
import { replayTrace, type TraceReplayOptions } from "../../lib/modes/trace_replay.ts";
import { createRandom } from "../../lib/random.ts";
import { publishReport } from "../../lib/report/publish.ts";
import { words } from "../../lib/words.ts";
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

/** Rows of a few hundred tokens with answers of up to 128. */
function writeQuestions(path: string, rows: number): void {
  const random = createRandom("questions");
  const lines = Array.from({ length: rows }, (_, row) => {
    const count = Math.round(random.lognormal(300, 0.7));
    const text = Array.from({ length: count }, () => words[random.int(0, words.length - 1)]).join(" ");
    return JSON.stringify({ text: `Question ${row}: ${text}`, max_tokens: random.int(16, 128) });
  });
  Deno.writeTextFileSync(path, lines.join("\n") + "\n");
}

/** 1,000 rows, twice, at six levels of concurrency. */
async function askInRounds(): Promise<void> {
  const outputDir = await Deno.makeTempDir();
  try {
    writeQuestions(`${outputDir}/questions.jsonl`, 1000);
    const startMs = performance.now();
    const { run } = await runRounds({
      ...{
        headers: {},
        transport: "node",
        timeoutMs: 300_000,
        simulator: { engine: "sglang" },
        virtualTime: true,
      },
      ...{ outputDir, runId: "rounds", dataset: `${outputDir}/questions.jsonl`, ignoreEos: true },
      concurrency: [1, 4, 16, 64, 128, 256],
    });
    await publishReport(run, `${outputDir}/page.html`);
    const tookS = (performance.now() - startMs) / 1000;
    const tokens = summarizeRun(run).cells.reduce((sum, cell) => sum + cell.outputTokens, 0);
    console.log(
      `6 × 2 × 1,000 requests in rounds with ${tokens} output tokens: ${tookS.toFixed(1)} s, page included`,
    );
  } finally {
    await Deno.remove(outputDir, { recursive: true });
  }
}

if (!Deno.args.includes("--no-sweep")) {
  await askInRounds();
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
