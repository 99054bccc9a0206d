/**
 * The modes that a comparison can ask its engines in. To add one: a line in {@linkcode comparableModes}.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import type { Run } from "../../types.ts";
import { suggest } from "../../suggest.ts";
import type { OnlineOptions } from "../online_run.ts";
import { runRounds, type RunRoundsOptions } from "../run_rounds.ts";
import { runSimpleBatches, SIMPLE_DEFAULTS, type SimpleBatchesOptions } from "../simple_batches.ts";
import { QWEN_SCALES, replayTrace, type TraceReplayOptions } from "../trace_replay.ts";

/** What shapes the load in any of the modes; each takes what it knows. Plain JSON: a comparison keeps it. */
export type LoadOptions =
  & Pick<TraceReplayOptions, "trace" | "requests">
  & Pick<SimpleBatchesOptions, "maxInputTokens" | "minOutputTokens" | "maxOutputTokens">
  & Pick<RunRoundsOptions, "dataset" | "numSamples" | "rounds" | "shuffleRound2" | "ignoreEos" | "sampling">
  & Pick<TraceReplayOptions, "inputTokens" | "outputTokens" | "tokenizerPath" | "extraBody">
  & Pick<OnlineOptions, "warmup" | "slo" | "transport" | "timeoutMs" | "contextTokens" | "virtualTime">
  & Pick<OnlineOptions, "telemetry" | "telemetryIntervalMs">;

/** What a mode is run with in one step of a comparison. */
export type StepOptions = OnlineOptions & LoadOptions & {
  /** Seed of the prompts' texts, another one in every repeat. */
  readonly promptSeed: number;
};

/** A mode that can be compared. */
export interface ComparableMode {
  /** As in the manifests of its runs. */
  readonly name: string;
  /** What it varies: the name of a cell's parameter. */
  readonly parameter: string;
  readonly defaultLoads: readonly number[];
  /** Whether the texts follow `promptSeed`, so that no repeat finds the prompts of the one before in a cache. */
  readonly hasOwnTexts: boolean;
  run(options: StepOptions, loads: readonly number[]): Promise<{ run: Run; folder: string }>;
}

/** Every mode that can be compared; the first is the default. */
export const comparableModes: readonly ComparableMode[] = [
  {
    name: "trace-replay",
    parameter: "scale",
    defaultLoads: QWEN_SCALES,
    hasOwnTexts: true,
    run: (options, scales) => replayTrace({ ...options, scales, resetCacheBeforeCells: true }),
  },
  {
    name: "simple",
    parameter: "batchSize",
    defaultLoads: SIMPLE_DEFAULTS.batchSizes,
    hasOwnTexts: true,
    run: (options, batchSizes) => runSimpleBatches({ ...options, batchSizes, resetCacheBeforeCells: true }),
  },
  {
    name: "dual-round",
    parameter: "concurrency",
    defaultLoads: [1],
    hasOwnTexts: false,
    // Rounds empty the cache themselves, before the first of each level.
    run: (options, concurrency) => runRounds({ ...options, concurrency }),
  },
];

/**
 * Finds a mode by name.
 *
 * @throws {UsageError} When there is none, with the nearest name.
 */
export function findComparableMode(name: string): ComparableMode {
  const found = comparableModes.find((mode) => mode.name === name);
  if (found !== undefined) return found;
  const names = comparableModes.map((mode) => mode.name);
  throw new UsageError(
    `Cannot compare in mode "${name}" as it must be one of ${names.join(", ")}${suggest(name, names)}`,
  );
}
