/**
 * The simulated engine against runs that were measured on GPUs: the same closed loop, in virtual time.
 *
 * @module
 */
import { drive } from "../client/mod.ts";
import { describe, sampleMetric, succeeded, tpot, ttft } from "../metrics/mod.ts";
import { describeErrors, type Estimate } from "../metrics/relative_error.ts";
import { closedLoopSchedule } from "../schedule/closed_loop.ts";
import { resolveSimulator, type SimulatorOptions } from "../simulator/options.ts";
import type { RequestRecord, RequestSpec } from "../types.ts";
import { freshPrompt } from "../workload/word_prompts.ts";
import type { MeasuredRun } from "./measured_runs.ts";
import { openVirtualEngine } from "./open_engine.ts";

/** What a measured run gives when it is simulated. */
export type Comparison =
  | {
    readonly kind: "simulated";
    readonly measured: MeasuredRun;
    /** Mean over requests, {@linkcode ttft}. */
    readonly ttftMs: number;
    /** Mean over requests, {@linkcode tpot}; `null` for answers of one token. */
    readonly tpotMs: number | null;
  }
  | { readonly kind: "skipped"; readonly measured: MeasuredRun; readonly reason: string };

/** How good the simulated engine is, as ratios: 0.05 is 5 %. `null` where nothing was measured. */
export interface ValidationSummary {
  /** Runs that were simulated. */
  readonly rows: number;
  readonly tpotMape: number | null;
  readonly tpotBias: number | null;
  readonly ttftMape: number | null;
  readonly ttftBias: number | null;
}

/** Requests of a measured run, in multiples of its concurrency. */
export const REQUESTS_PER_SLOT = 4;

/**
 * Simulates a measured run: a closed loop of {@linkcode REQUESTS_PER_SLOT} × concurrency requests on an engine with an
 * empty cache. The prompts have exactly the measured length, chat template included, and share nothing but the template.
 *
 * @param measured What was measured.
 * @param options `engine` whose scheduler and wire format are simulated.
 * @returns Means of TTFT and TPOT, or why the run cannot be simulated.
 * @throws The signal's reason, when it was aborted.
 */
export async function simulateMeasured(
  measured: MeasuredRun,
  { engine, signal }: { readonly engine: string; readonly signal?: AbortSignal },
): Promise<Comparison> {
  const skip = (reason: string): Comparison => ({ kind: "skipped", measured, reason });
  const simulator = simulatorOf(measured, engine);
  let requests: RequestSpec[];
  try {
    resolveSimulator(simulator);
    requests = closedLoopRequests(measured);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return skip(error.message);
  }
  const records = await runClosedLoop(requests, { concurrency: measured.concurrency, simulator, signal });
  signal?.throwIfAborted();
  const failed = records.find((record) => !succeeded(record));
  if (failed?.outcome.kind === "failed") return skip(`a request failed: ${failed.outcome.message}`);
  const counted = records.find(({ usage, inputTokens }) =>
    (usage?.promptTokens ?? inputTokens) !== inputTokens
  );
  if (counted !== undefined) {
    return skip(`a prompt of ${measured.inputTokens} tokens was counted as ${counted.usage?.promptTokens}`);
  }
  return {
    kind: "simulated",
    measured,
    ttftMs: describe(sampleMetric(ttft, records))?.mean ?? NaN,
    tpotMs: describe(sampleMetric(tpot, records))?.mean ?? null,
  };
}

/**
 * The simulated engine for a measured run.
 *
 * @param engine Preset name.
 * @returns Options; the GPU is the part before "_sxm", and every other name is left for the simulator to refuse.
 */
export function simulatorOf({ model, gpu, tp }: MeasuredRun, engine: string): SimulatorOptions {
  return { engine, model, gpu: gpu.replace(/_sxm$/i, ""), tp };
}

async function runClosedLoop(
  requests: readonly RequestSpec[],
  { concurrency, simulator, signal }: {
    readonly concurrency: number;
    readonly simulator: SimulatorOptions;
    readonly signal?: AbortSignal;
  },
): Promise<RequestRecord[]> {
  await using engine = await openVirtualEngine({ simulator, signal });
  const { line } = engine;
  const records: RequestRecord[] = [];
  await line.clock.settle(drive(requests, closedLoopSchedule(concurrency), {
    ...line,
    onRecord: (record) => records.push(record),
  }));
  return records;
}

/** @throws {RangeError} When a prompt is not longer than the chat template. */
function closedLoopRequests({ inputTokens, outputTokens, concurrency }: MeasuredRun): RequestSpec[] {
  return Array.from({ length: REQUESTS_PER_SLOT * concurrency }, (_, id) => ({
    id,
    messages: [{ role: "user", content: freshPrompt(inputTokens, { id }) }],
    inputTokens,
    outputTokens,
    ignoreEos: true,
  }));
}

/** Compares with what was measured, over the runs that were simulated. */
export function summarizeComparisons(comparisons: readonly Comparison[]): ValidationSummary {
  const simulated = comparisons.filter((comparison) => comparison.kind === "simulated");
  const estimates = (key: "ttftMs" | "tpotMs") =>
    simulated.flatMap((one): Estimate[] => {
      const [measured, estimated] = [one.measured[key], one[key]];
      return measured === null || estimated === null ? [] : [{ measured, estimated }];
    });
  const [ttftErrors, tpotErrors] = [describeErrors(estimates("ttftMs")), describeErrors(estimates("tpotMs"))];
  return {
    rows: simulated.length,
    tpotMape: tpotErrors?.mape ?? null,
    tpotBias: tpotErrors?.bias ?? null,
    ttftMape: ttftErrors?.mape ?? null,
    ttftBias: ttftErrors?.bias ?? null,
  };
}
