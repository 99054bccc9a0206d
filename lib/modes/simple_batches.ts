/**
 * Batches of random requests, each sent at once: mini-sglang's bench_simple.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { hashInts } from "../random.ts";
import { burstSchedule } from "../schedule/burst.ts";
import type { Run, TraceEntry } from "../types.ts";
import { randomLengths, type TokenRange } from "../workload/random_lengths.ts";
import { buildRequests, hashPrompts } from "../workload/requests.ts";
import { DEFAULT_SEED, type ModePlan, type OnlineOptions, runOnline } from "./online_run.ts";
import type { OpenEngine } from "./open_engine.ts";
import {
  describeLengthCheck,
  learnPromptLengths,
  type PromptLengths,
  type PromptOptions,
  warnOfLongRows,
} from "./prepare_requests.ts";
import type { CellPlan } from "./run_cells.ts";

/** What mini-sglang's bench_simple sends. */
export const SIMPLE_DEFAULTS = {
  batchSizes: [64] as readonly number[],
  maxInputTokens: 8192,
  minOutputTokens: 16,
  maxOutputTokens: 1024,
} as const;

/**
 * Most requests sent before the run where their number is not given. With as many as there are in a batch, its
 * connections are open and its code has run: the last request of 64 leaves twice as early.
 */
export const MOST_WARM_UPS = 256;

/** Everything a run of batches can be told. */
export interface SimpleBatchesOptions extends OnlineOptions, Omit<PromptOptions, "seed" | "prompts"> {
  /** Requests that are sent at once, one batch after the other. @default {[64]} */
  readonly batchSizes?: readonly number[];
  /** Prompt lengths are drawn from 1 to this, chat template included. @default {8192} */
  readonly maxInputTokens?: number;
  /** Answer lengths are drawn from this. @default {16} */
  readonly minOutputTokens?: number;
  /** Answer lengths are drawn up to this. @default {1024} */
  readonly maxOutputTokens?: number;
  /** Seed of the prompts' texts; lengths follow `seed`. @default seed */
  readonly promptSeed?: number;
  /** Requests sent before the run. @default the largest batch size, {@linkcode MOST_WARM_UPS} at most */
  readonly warmup?: number;
  /** @default "fresh" */
  readonly prompts?: Exclude<PromptOptions["prompts"], "blocks">;
}

/**
 * Sends batch after batch, each when the one before it has ended.
 *
 * Request i of every batch size has the same lengths, which depend on the seed only. The texts of one batch size are not
 * those of another: a prefix cache brings nothing from batch to batch. A batch in which nothing succeeds does not end
 * the run.
 *
 * @returns The run and its folder; a run in which no batch succeeded says so in its status.
 * @throws {UsageError} For options that cannot work.
 * @throws {RunError} When the engine cannot be had.
 * @throws The signal's reason, when it was aborted before the run began.
 */
export async function runSimpleBatches(
  options: SimpleBatchesOptions,
): Promise<{ run: Run; folder: string }> {
  const {
    batchSizes = SIMPLE_DEFAULTS.batchSizes,
    warmup = Math.min(Math.max(...batchSizes), MOST_WARM_UPS),
  } = options;
  const ranges = chooseRanges(options);
  checkBatchSizes(batchSizes);
  return await runOnline(
    { ...options, warmup },
    (engine) => planBatches(engine, { ...options, ...ranges, batchSizes }),
  );
}

/** @throws {UsageError} When there are none, one stands twice, or one is no number of requests. */
function checkBatchSizes(batchSizes: readonly number[]): void {
  if (batchSizes.length === 0) {
    throw new UsageError("Cannot send batches as there are no batch sizes: name some with --batch-sizes");
  }
  for (const [i, size] of batchSizes.entries()) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new UsageError(
        `Cannot send batches as a batch size must be a whole number of at least 1: current value is ${size}`,
      );
    }
    if (batchSizes.indexOf(size) !== i) {
      throw new UsageError(`Cannot send batches as batch size ${size} stands twice in --batch-sizes`);
    }
  }
}

interface LengthRanges {
  readonly input: TokenRange;
  readonly output: TokenRange;
}

/** @throws {UsageError} When answers must be longer than they may be. */
function chooseRanges(options: SimpleBatchesOptions): LengthRanges {
  const {
    inputTokens,
    outputTokens,
    maxInputTokens = SIMPLE_DEFAULTS.maxInputTokens,
    maxOutputTokens = SIMPLE_DEFAULTS.maxOutputTokens,
    minOutputTokens = Math.min(SIMPLE_DEFAULTS.minOutputTokens, maxOutputTokens),
  } = options;
  if (minOutputTokens > maxOutputTokens) {
    throw new UsageError(
      `Cannot draw answer lengths from ${minOutputTokens} to ${maxOutputTokens}: --min-output must not be above --max-output`,
    );
  }
  return {
    input: inputTokens === undefined
      ? { min: 1, max: maxInputTokens }
      : { min: inputTokens, max: inputTokens },
    output: outputTokens === undefined
      ? { min: minOutputTokens, max: maxOutputTokens }
      : { min: outputTokens, max: outputTokens },
  };
}

async function planBatches(
  engine: OpenEngine,
  options: SimpleBatchesOptions & LengthRanges & { readonly batchSizes: readonly number[] },
): Promise<ModePlan> {
  const { seed = DEFAULT_SEED, promptSeed = seed, batchSizes, prompts = "fresh", input, output } = options;
  const lengths = await learnPromptLengths(engine, { ...options, prompts });
  checkRanges({ input, output }, { ...lengths, contextTokens: engine.contextTokens });
  const entries = randomLengths(Math.max(...batchSizes), { inputTokens: input, outputTokens: output, seed })
    .map((entry) => leaveText(entry, lengths));
  const cells = batchSizes.map((batchSize): CellPlan => {
    const { requests, asked } = buildRequests({ entries: entries.slice(0, batchSize), blockTokens: 1 }, {
      ...{ kind: prompts, seed: hashInts(promptSeed, batchSize), extraBody: options.extraBody },
      ...{ templateTokens: lengths.templateTokens, tokenizer: lengths.tokenizer },
    });
    return {
      label: `batch size ${batchSize}`,
      parameters: { batchSize },
      requests,
      outputTokens: asked.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
      schedule: burstSchedule(batchSize),
      offeredRequestsPerS: null,
    };
  });
  const { templateTokens, lengthCheck } = lengths;
  return {
    shortName: "simple",
    mode: "simple",
    title: `${
      batchSizes.length === 1
        ? `a batch of ${batchSizes[0]} requests`
        : `batches of ${batchSizes.join(", ")} requests`
    } sent at once`,
    options: {
      ...{ batchSizes, prompts },
      ...{ maxInputTokens: input.max, minOutputTokens: output.min, maxOutputTokens: output.max },
    },
    workload: {
      trace: null,
      prompts: {
        kind: prompts,
        sha256: hashPrompts(cells.values().flatMap(({ requests }) => requests)),
        templateTokens,
        lengthCheck,
      },
      skipped: [],
      notes: [
        describeLengths({ input, output }),
        ...describeLengthCheck(lengths),
        ...(engine.contextTokens === null
          ? warnOfLongRows(entries.map((entry, id) => ({ id, ...entry })))
          : []),
      ],
    },
    cells,
    onCellFailure: "go-on",
  };
}

/** @throws {UsageError} When the longest prompt leaves no room for a word, or does not fit with the longest answer. */
function checkRanges(
  { input, output }: LengthRanges,
  { templateTokens, contextTokens }: Pick<PromptLengths, "templateTokens"> & { contextTokens: number | null },
): void {
  if (input.max <= templateTokens) {
    throw new UsageError(
      `Cannot make prompts of ${input.max} tokens as the chat template alone takes ${templateTokens}: allow more with --max-input or --input-length`,
    );
  }
  if (contextTokens !== null && input.max + output.max > contextTokens) {
    throw new UsageError(
      `Cannot send prompts of up to ${input.max} tokens with answers of up to ${output.max} as the engine's context is ${contextTokens} tokens: allow less with --max-input and --max-output, or --input-length and --output-length`,
    );
  }
}

/** The shortest prompts are one token beside the chat template. */
function leaveText(entry: TraceEntry, { templateTokens }: PromptLengths): TraceEntry {
  return { ...entry, inputTokens: Math.max(entry.inputTokens, templateTokens + 1) };
}

function describeLengths({ input, output }: LengthRanges): string {
  const spell = ({ min, max }: TokenRange) => min === max ? `${max} tokens` : `${min} to ${max} tokens`;
  return `Prompts of ${spell(input)}, answers of ${spell(output)}${
    input.min === input.max && output.min === output.max ? "" : ", drawn evenly"
  }.`;
}
