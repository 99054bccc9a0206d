/**
 * From a dataset to rows that can be asked, with their lengths.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { basename } from "node:path";

import { UsageError } from "../errors.ts";
import { createRandom } from "../random.ts";
import { tokenizeText } from "../simulator/tokenize.ts";
import { readDatasetFile } from "../sources/dataset_file.ts";
import { hashFile } from "../sources/hash_file.ts";
import { chooseCounting } from "../sources/token_counting.ts";
import type { RequestSpec, Sampling, WorkloadInfo } from "../types.ts";
import { type DatasetEntry, demoDataset, type Encode } from "../workload/datasets/mod.ts";
import { DEFAULT_SEED } from "./online_run.ts";
import type { OpenEngine } from "./open_engine.ts";

/** Which dataset, and how it is asked. */
export interface DatasetOptions {
  /** Path of a JSONL or JSON file, or "demo". @default "demo" */
  readonly dataset?: string;
  /** Rows to take: one number for all levels, or one for each. @default all rows, of "demo" 32 */
  readonly numSamples?: readonly number[];
  /** Longest prompt in tokens, chat template included; longer ones are cut. @default not cut */
  readonly maxInputTokens?: number;
  /** Longest answer in tokens; a row that asks for less gets less. @default what the row asks for, else what the server allows */
  readonly maxOutputTokens?: number;
  /** @default always the likeliest token */
  readonly sampling?: Sampling;
  /** Whether answers go on past their end, up to their longest. @default false */
  readonly ignoreEos?: boolean;
  /** A Hugging Face tokenizer.json to count with. @default Qwen3's */
  readonly tokenizerPath?: string;
  readonly extraBody?: RequestSpec["extraBody"];
  readonly seed?: number;
}

/** A dataset in memory. */
export interface LoadedDataset {
  readonly info: NonNullable<WorkloadInfo["dataset"]>;
  readonly entries: readonly DatasetEntry[];
  /** Counts as the engine does, as far as that is known. */
  readonly encode: Encode;
  readonly lengthCheck: WorkloadInfo["prompts"]["lengthCheck"];
  /** Whether the lengths that are counted here are what the server will count. */
  readonly countsAsServer: boolean;
  readonly notes: readonly string[];
}

/**
 * Loads a dataset, and finds out how its tokens are counted: for a simulated engine as it does itself, else with a tokenizer.
 *
 * @throws {UsageError} When there is no such file, or no row of it can be used.
 */
export async function loadDataset(
  { profile }: Pick<OpenEngine, "profile">,
  options: DatasetOptions,
): Promise<LoadedDataset> {
  const { dataset: path = "demo", seed = DEFAULT_SEED } = options;
  const rows = Math.max(DEMO_ROWS, ...options.numSamples ?? []);
  const { entries, sha256, notes } = path === "demo" ? makeDemo({ seed, rows }) : await readFile(path);
  const isSimulated = profile.simulated && options.tokenizerPath === undefined;
  const isNamed = options.tokenizerPath !== undefined;
  const { rule, note, encode } = isSimulated
    ? { rule: null, note: null, encode: tokenizeText }
    : await chooseCounting({ tokenizer: options.tokenizerPath, estimate: ESTIMATE, whySlow: () => null });
  return {
    info: { name: path === "demo" ? "demo" : basename(path), path, sha256, rows: entries.length },
    ...{ entries, encode },
    lengthCheck: isSimulated ? "probed" : isNamed ? "tokenizer" : "assumed",
    countsAsServer: isSimulated || isNamed,
    notes: [
      ...notes,
      ...(rule === null ? [] : [
        `Prompt lengths and the theoretical hit rate rest on ${rule}, and on a chat template like Qwen3's.${
          note === null ? "" : ` ${note}.`
        }`,
      ]),
    ],
  };
}

/** Where Qwen3's tokenizer cannot be had. */
const ESTIMATE = { rule: "an estimate, a word of ASCII letters as one token", encode: tokenizeText };

interface DatasetRows {
  readonly entries: readonly DatasetEntry[];
  readonly sha256: string;
  readonly notes: readonly string[];
}

/** Rows of the generated dataset where no more are wanted. */
const DEMO_ROWS = 32;

function makeDemo(options: { readonly seed: number; readonly rows: number }): DatasetRows {
  const entries = demoDataset(options);
  const hash = createHash("sha256");
  for (const { turns } of entries) hash.update(`${JSON.stringify(turns)}\n`);
  const notes = ["The dataset is generated: documents of words without meaning, with exact lengths."];
  return { entries, sha256: hash.digest("hex"), notes };
}

async function readFile(path: string): Promise<DatasetRows> {
  const { entries, badRows } = await readDatasetFile(path);
  const [first] = badRows;
  const notes = first === undefined ? [] : [
    `${badRows.length} rows of ${
      basename(path)
    } cannot be used, the first in line ${first.line}: ${first.reason}`,
  ];
  return { entries, sha256: await hashFile(path), notes };
}

/**
 * Draws rows, so that fewer are among more, in the file's order.
 *
 * @param samples How many; `undefined` takes all.
 * @returns Positions of the rows, ascending.
 * @throws {UsageError} When there are not so many.
 */
export function drawRows(
  { entries, info }: Pick<LoadedDataset, "entries" | "info">,
  { samples, seed = DEFAULT_SEED }: { readonly samples?: number; readonly seed?: number },
): number[] {
  const positions = [...entries.keys()];
  if (samples === undefined) return positions;
  if (samples > positions.length) {
    throw new UsageError(
      `Cannot take ${samples} samples as ${info.name} has ${positions.length} rows that can be used: ` +
        `ask for fewer with --num-samples, or leave it out to take all`,
    );
  }
  return createRandom(seed).fork("samples").shuffle(positions, samples).sort((a, b) => a - b);
}
