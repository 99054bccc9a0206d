/**
 * Replaying a trace at several scale factors: mini-sglang's bench_qwen.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { hashInts } from "../random.ts";
import { replaySchedule } from "../schedule/replay.ts";
import type { DownloadProgress } from "../sources/download.ts";
import { openTrace } from "../sources/open_trace.ts";
import type { Run, Trace } from "../types.ts";
import type { BuiltRequests } from "../workload/requests.ts";
import { demoTrace } from "../workload/synthetic_trace.ts";
import { offeredRequestsPerS, pickEntries, scaleTrace } from "../workload/trace.ts";
import { DEFAULT_SEED, type ModePlan, type OnlineOptions, runOnline } from "./online_run.ts";
import type { OpenEngine } from "./open_engine.ts";
import { prepareRequests, type PromptOptions } from "./prepare_requests.ts";
import type { CellPlan } from "./run_cells.ts";

/** The scale factors of mini-sglang's bench_qwen, from fast to slow. */
export const QWEN_SCALES: readonly number[] = [0.4, 0.5, 0.6, 0.7, 0.8, 1.6];

/** Everything a replay can be told. */
export interface TraceReplayOptions extends OnlineOptions, Omit<PromptOptions, "seed"> {
  /** "qwen", "mooncake", "synthetic", "demo" or a path. @default "demo" on the embedded engine, else "qwen" */
  readonly trace?: string;
  /** Rows to take from the front. @default 120 of "demo", 1,000 of every other trace */
  readonly requests?: number;
  /** @default QWEN_SCALES */
  readonly scales?: readonly number[];
  /** Seed of the prompts' texts; lengths and arrivals follow `seed`. @default seed */
  readonly promptSeed?: number;
  readonly onDownload?: (progress: DownloadProgress) => void;
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
  checkScales(options.scales ?? QWEN_SCALES);
  return await runOnline(options, (engine) => planReplay(engine, options));
}

/** A trace of five minutes then takes three and a half days. */
const SLOWEST_SCALE = 1000;

/** @throws {UsageError} When there are none, one stands twice, or one is too large. */
export function checkScales(scales: readonly number[]): void {
  if (scales.length === 0) {
    throw new UsageError("Cannot replay as there are no scale factors: name some with --scales");
  }
  const slow = scales.find((scale) => scale > SLOWEST_SCALE);
  if (slow !== undefined) {
    throw new UsageError(
      `Cannot replay as a scale factor must be at most ${SLOWEST_SCALE}: current value is ${slow}`,
    );
  }
  const twice = scales.find((scale, i) => scales.indexOf(scale) !== i);
  if (twice !== undefined) {
    throw new UsageError(`Cannot replay as scale factor ${twice} stands twice in --scales`);
  }
}

async function planReplay(engine: OpenEngine, options: TraceReplayOptions): Promise<ModePlan> {
  const { seed = DEFAULT_SEED, promptSeed = seed, scales = QWEN_SCALES } = options;
  const trace = await openReplayTrace(options);
  const seeds = scales.map((scale) => seedOfScale(promptSeed, scale));
  const { requests, asked, workload } = await prepareRequests(trace, engine, { ...options, seeds });
  if (asked.length === 0) {
    throw new UsageError(
      `Cannot replay ${trace.name} as every row of it is left out: ${
        workload.skipped[0]?.reason
      } (--context-length, --input-length)`,
    );
  }
  return {
    shortName: "qwen",
    mode: "trace-replay",
    title: `${trace.name} trace at ${
      scales.length === 1 ? `scale ${scales[0]}` : `${scales.length} scale factors`
    }`,
    options: {
      ...{ scales, prompts: workload.prompts.kind },
      trace: options.trace ?? trace.name,
      requests: trace.entries.length,
    },
    workload: {
      ...workload,
      notes: scales.length === 1 ? workload.notes : [...workload.notes, OWN_PROMPTS_NOTE],
    },
    cells: scales.map((scale, i) => planCell(trace, { scale, requests: requests[i] ?? [], asked })),
    onCellFailure: "stop",
  };
}

/**
 * Every scale has texts of its own, the same whether it is replayed alone or in a sweep: otherwise a prefix cache would
 * find everything that it was asked at the scale before.
 */
function seedOfScale(seed: number, scale: number): number {
  return hashInts(seed, Math.round(scale * 1e6));
}

const OWN_PROMPTS_NOTE =
  "Every scale has prompts of its own, with the same lengths and shared prefixes, so that a prefix cache finds nothing of the scale before.";

/**
 * Plans the cell of one scale factor.
 *
 * @param load `scale` on the intervals, > 0: 0.4 is faster than recorded; `requests` built from the trace, each with the
 * position of its row as id; `asked` their lengths.
 */
export function planCell(
  trace: Trace,
  { scale, requests, asked }: Pick<BuiltRequests, "requests" | "asked"> & { readonly scale: number },
): CellPlan {
  const replayed = pickEntries(trace, asked.map(({ id }) => id));
  return {
    label: `scale ${scale}`,
    parameters: { scale },
    requests,
    outputTokens: asked.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
    schedule: replaySchedule(replayed, scale),
    offeredRequestsPerS: offeredRequestsPerS(scaleTrace(replayed, scale)) ?? null,
  };
}

/** Opens the trace of a replay: the one that is named, or the default of the engine that is asked. */
export async function openReplayTrace(
  options: Pick<TraceReplayOptions, "trace" | "requests" | "seed" | "baseUrl" | "signal" | "onDownload">,
): Promise<Trace> {
  const { seed, signal, onDownload: onProgress } = options;
  const name = options.trace ?? (options.baseUrl === undefined ? "demo" : "qwen");
  if (name === "demo") return demoTrace({ seed, requests: options.requests });
  return await openTrace(name, { limit: options.requests ?? 1000, seed, onProgress, signal });
}
