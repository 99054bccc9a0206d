/**
 * Replaying a trace at several scale factors: mini-sglang's bench_qwen.
 *
 * @module
 */
import { basename } from "node:path";

import { LEAD_MS } from "../client/mod.ts";
import { UsageError } from "../errors.ts";
import { createRandom } from "../random.ts";
import { replaySchedule } from "../schedule/replay.ts";
import type { DownloadProgress } from "../sources/download.ts";
import { openTrace } from "../sources/open_trace.ts";
import type { JsonObject, Run, Trace } from "../types.ts";
import { words } from "../words.ts";
import type { BuiltRequests } from "../workload/requests.ts";
import { demoTrace } from "../workload/synthetic_trace.ts";
import { offeredRequestsPerS, pickEntries, scaleTrace } from "../workload/trace.ts";
import { testConnection, warmUp } from "./connect.ts";
import { type EngineOptions, openEngine } from "./open_engine.ts";
import { prepareRequests, type PromptOptions } from "./prepare_requests.ts";
import { type CellPlan, runCells, type RunEvent, type RunPlan } from "./run_cells.ts";

/** The scale factors of mini-sglang's bench_qwen, from fast to slow. */
export const QWEN_SCALES: readonly number[] = [0.4, 0.5, 0.6, 0.7, 0.8, 1.6];

/** Everything a replay can be told. */
export interface TraceReplayOptions extends EngineOptions, Omit<PromptOptions, "seed"> {
  /** "qwen", "mooncake", "synthetic", "demo" or a path. @default "demo" on the embedded engine, else "qwen" */
  readonly trace?: string;
  /** Rows to take from the front. @default 120 of "demo", 1,000 of every other trace */
  readonly requests?: number;
  /** @default QWEN_SCALES */
  readonly scales?: readonly number[];
  /** @default 42 */
  readonly seed?: number;
  /** Requests sent before the run. @default 8 */
  readonly warmup?: number;
  /** @default made of date, mode and engine */
  readonly runId?: string;
  /** @default "data/runs" */
  readonly outputDir?: string;
  /** Command line for the manifest, secrets removed. */
  readonly command?: readonly string[];
  /** Things a user should know, one sentence each. */
  readonly onNote?: (note: string) => void;
  readonly onDownload?: (progress: DownloadProgress) => void;
  /** Called once, before the first request of the run. `expectedMs` leaves out the last answers. */
  readonly onPlan?: (plan: RunPlan, expectedMs: number) => void;
  readonly onEvent?: (event: RunEvent) => void;
}

/**
 * Replays a trace.
 *
 * @returns The run and its folder; a run in which a cell failed says so in its status.
 * @throws {UsageError} For options that cannot work.
 * @throws {RunError} When engine or trace cannot be had.
 * @throws The signal's reason, when it was aborted before the run began.
 */
export async function replayTrace(options: TraceReplayOptions): Promise<{ run: Run; folder: string }> {
  const { seed = 42, scales = QWEN_SCALES, warmup = 8, outputDir = "data/runs", onNote = () => {}, signal } =
    options;
  checkScales(scales);
  await using engine = await openEngine(options);
  signal?.throwIfAborted();
  if (options.virtualTime) onNote("virtual time: computed, not measured");
  if (options.baseUrl !== undefined) onNote(`testing the connection to ${engine.line.target.baseUrl} …`);
  await testConnection(engine.line);
  onNote(`${engine.info.description} answers, model ${engine.line.target.model}`);
  signal?.throwIfAborted();

  const trace = await openReplayTrace(options);
  const { requests, asked, workload } = await prepareRequests(trace, engine, { ...options, seed });
  for (const note of workload.notes) onNote(note);
  if (workload.skipped.length > 0) {
    onNote(`${workload.skipped.length} rows are left out: ${workload.skipped[0]?.reason}`);
  }
  if (requests.length === 0) {
    throw new UsageError(
      `Cannot replay ${trace.name} as every row of it is left out: ${
        workload.skipped[0]?.reason
      } (--context-length, --input-length)`,
    );
  }
  signal?.throwIfAborted();

  const cells = planReplay(trace, { requests, asked }, scales);
  const plan: RunPlan = {
    runId: options.runId ?? makeRunId("qwen", engine.profile.name),
    mode: "trace-replay",
    title: `${engine.line.target.model}: ${trace.name} trace at ${
      scales.length === 1 ? `scale ${scales[0]}` : `${scales.length} scale factors`
    }${engine.line.clock.kind === "virtual" ? ", in virtual time" : ""}`,
    command: options.command ?? [],
    options: recordOptions({
      ...options,
      ...{ seed, scales, warmup, outputDir, prompts: workload.prompts.kind },
      transport: engine.line.transport.name,
      trace: options.trace ?? trace.name,
      requests: trace.entries.length,
    }),
    seed,
    engine: engine.info,
    model: engine.line.target.model,
    workload,
    cells,
  };
  options.onPlan?.(plan, expectedDurationMs(cells));
  await warmUp(engine.line, warmUpPrompts(warmup, seed));
  signal?.throwIfAborted();
  const { line, takeEngineLag } = engine;
  return await runCells(plan, { line, outputDir, takeEngineLag, signal, onEvent: options.onEvent });
}

/** @throws {UsageError} When there are none, or one stands twice. */
function checkScales(scales: readonly number[]): void {
  if (scales.length === 0) {
    throw new UsageError("Cannot replay as there are no scale factors: name some with --scales");
  }
  const twice = scales.find((scale, i) => scales.indexOf(scale) !== i);
  if (twice !== undefined) {
    throw new UsageError(`Cannot replay as scale factor ${twice} stands twice in --scales`);
  }
}

/**
 * Plans one cell per scale factor, with the same requests in each.
 *
 * @param built From the trace, in its order; each request carries the position of its row as id.
 * @param scales Factors on the intervals, > 0: 0.4 is faster than recorded.
 */
function planReplay(
  trace: Trace,
  { requests, asked }: Pick<BuiltRequests, "requests" | "asked">,
  scales: readonly number[],
): CellPlan[] {
  const replayed = pickEntries(trace, asked.map(({ id }) => id));
  const outputTokens = asked.reduce((sum, { outputTokens }) => sum + outputTokens, 0);
  return scales.map((scale) => ({
    label: `scale ${scale}`,
    parameters: { scale },
    requests,
    outputTokens,
    schedule: replaySchedule(replayed, scale),
    offeredRequestsPerS: offeredRequestsPerS(scaleTrace(replayed, scale)) ?? null,
  }));
}

async function openReplayTrace(options: TraceReplayOptions): Promise<Trace> {
  const { seed, signal, onDownload: onProgress } = options;
  const name = options.trace ?? (options.baseUrl === undefined ? "demo" : "qwen");
  if (name === "demo") return demoTrace({ seed, requests: options.requests });
  return await openTrace(name, { limit: options.requests ?? 1000, seed, onProgress, signal });
}

/** Texts unlike any block of a workload: they begin with a word that is not in the list. */
function warmUpPrompts(count: number, seed: number): string[] {
  const random = createRandom(seed).fork("warm-up");
  const word = () => words[random.int(0, words.length - 1)];
  return Array.from(
    { length: count },
    (_, i) => `Warm-up ${i}: ${Array.from({ length: 64 }, word).join(" ")}`,
  );
}

/** Spans of the schedules and the lead before each. */
function expectedDurationMs(cells: readonly CellPlan[]): number {
  return cells.reduce((sum, { schedule }) => {
    return sum + LEAD_MS + (schedule.kind === "open" ? schedule.arrivalsMs.at(-1) ?? 0 : 0);
  }, 0);
}

/** "2026-11-22T134501-qwen-simulated": sorts by time, safe as a file name. */
function makeRunId(mode: string, engine: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "");
  return `${time}-${mode}-${engine.replaceAll(/[^A-Za-z0-9.-]/g, "_")}`;
}

/** The options that shaped the run, as JSON; functions, signals and secrets stay out. */
function recordOptions(options: TraceReplayOptions): JsonObject {
  const { apiKey: _key, signal: _signal, command: _command, headers, tokenizerPath, simulator, ...rest } =
    options;
  const recorded = {
    ...rest,
    ...(rest.baseUrl === undefined ? { simulator } : {}),
    headerNames: Object.keys(headers),
    tokenizer: tokenizerPath && basename(tokenizerPath),
  };
  return JSON.parse(JSON.stringify(recorded));
}
