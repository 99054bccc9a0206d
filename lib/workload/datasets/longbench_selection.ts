/**
 * Which rows of LongBench become rows of a dataset, and how.
 *
 * @module
 */
import { createRandom, type Random } from "../../random.ts";
import { cutMiddle } from "./cut_middle.ts";
import type { JsonRow } from "./json_rows.ts";
import { type LeftOut, LeftOutTally } from "./left_out.ts";
import {
  type LongBenchForm,
  longBenchPrompt,
  type PromptParts,
  subsetOf,
  toLongBenchRow,
} from "./longbench.ts";
import type { Encode } from "./prompt_tokens.ts";
import { DuplicateFinder } from "./shared_prefixes.ts";
import { SmallestKeys } from "./smallest_keys.ts";

/** Options of {@linkcode LongBenchSelection}. Counts are integers ≥ 1, lengths are without a chat template. */
export interface LongBenchOptions {
  readonly encode: Encode;
  /** @default {"subset"} */
  readonly form?: LongBenchForm;
  /** Names of sets. @default {all} */
  readonly subsets?: readonly string[];
  /** Longer prompts lose the middle of their document. @default {not cut} */
  readonly truncateTokens?: number;
  /** Shorter prompts are left out, after documents were cut. @default {1} */
  readonly minTokens?: number;
  /** Longer prompts are left out, after documents were cut. @default {Infinity} */
  readonly maxTokens?: number;
  /** Rows in all. @default {Infinity} */
  readonly samples?: number;
  /** Rows of each set. @default {Infinity} */
  readonly perSubset?: number;
  /** Whether rows are drawn and put in random order; else the first are taken, in the order of the files. @default {true} */
  readonly shuffle?: boolean;
  /** @default {42} */
  readonly seed?: number;
}

/** A row of the dataset that is written. */
export type PromptRow = {
  readonly id: string;
  readonly text: string;
  /** Absent where the set is none of LongBench's. */
  readonly max_tokens?: number;
  readonly dataset: string;
  /** Absent where the row does not say. */
  readonly language?: string;
};

/** Where a row was found. */
export interface RowPlace {
  /** The file's name without its extension. */
  readonly fileName: string;
  /** `file:line`. */
  readonly place: string;
  /** Among the file's rows, from 1. */
  readonly position: number;
}

const NO_ROOM = "no room for the document beside the question";

interface Candidate {
  readonly place: string;
  readonly parts: PromptParts;
  readonly row: Omit<PromptRow, "text">;
}

/**
 * Takes rows one after the other and keeps those that were asked for.
 *
 * Of rows with equal `_id` the first counts, and where there is none, of rows with equal text.
 *
 * @example
 * ```ts
 * import { LongBenchSelection } from "./longbench_selection.ts";
 * import assert from "node:assert/strict";
 *
 * const encode = (text: string) => new Array<number>(text.length).fill(0); // a token per letter
 * const selection = new LongBenchSelection({ encode, form: "concatenate" });
 * const row = { _id: "a", dataset: "qasper", language: "en", context: "A paper.", input: "Why?" };
 * selection.add(row, { fileName: "qasper", place: "qasper.jsonl:1", position: 1 });
 * selection.add(row, { fileName: "qasper", place: "qasper.jsonl:2", position: 2 });
 * assert.deepEqual(selection.rows(), [
 *   { id: "a", text: "A paper.\nWhy?", max_tokens: 128, dataset: "qasper", language: "en" },
 * ]);
 * assert.deepEqual(selection.leftOut(), [{ reason: "the _id of an earlier row", rows: 1, first: "qasper.jsonl:2" }]);
 * ```
 */
export class LongBenchSelection {
  readonly #options: LongBenchOptions;
  readonly #random: Random;
  readonly #duplicates = new DuplicateFinder();
  readonly #leftOut = new LeftOutTally();
  readonly #kept = new Map<string, SmallestKeys<Candidate>>();
  #usable = 0;

  constructor(options: LongBenchOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed ?? 42).fork("longbench");
  }

  /**
   * Takes a row.
   *
   * @throws {SyntaxError} When the row cannot be used.
   */
  add(fields: JsonRow, { fileName, place, position }: RowPlace): void {
    const { form = "subset", subsets } = this.#options;
    const row = toLongBenchRow(fields, fileName);
    const { id, dataset, language, context, input } = row;
    if (subsets !== undefined && !subsets.includes(dataset)) {
      return this.#leftOut.add("not of the sets that were asked for", place);
    }
    const parts = longBenchPrompt(row, form);
    const sameAs = id === null ? [context, input] : [id];
    if (this.#duplicates.add(sameAs.map((content) => ({ role: "user", content })))) {
      return this.#leftOut.add(
        id === null ? "the text of an earlier row" : "the _id of an earlier row",
        place,
      );
    }
    const unfit = this.#unfit(parts);
    if (unfit !== null) return this.#leftOut.add(unfit, place);
    this.#keep({
      place,
      parts,
      row: {
        id: id ?? `${fileName}-${position}`,
        max_tokens: subsetOf(dataset)?.maxTokens,
        dataset,
        language: language ?? undefined,
      },
    });
  }

  /** Rows that could have been taken. */
  get usableRows(): number {
    return this.#usable;
  }

  /** Takes what was kept, in the order that was asked for. Call it once, at the end. */
  rows(): PromptRow[] {
    const { samples = Infinity } = this.#options;
    return [...this.#kept.values()].flatMap((kept) => kept.entries())
      .sort((a, b) => a.key - b.key)
      .slice(0, samples)
      .flatMap(({ value }) => this.#finish(value));
  }

  /** Rows that could not be taken, by reason. */
  leftOut(): readonly LeftOut[] {
    return this.#leftOut.reasons();
  }

  /** Why a prompt cannot be taken; `null` where it can. */
  #unfit({ before, context, after }: PromptParts): string | null {
    const { encode, truncateTokens: mostTokens, minTokens = 1, maxTokens = Infinity } = this.#options;
    if (mostTokens !== undefined && encode(before + after).length >= mostTokens) return NO_ROOM;
    if (minTokens === 1 && maxTokens === Infinity) return null;
    const tokens = encode(before + context + after).length;
    if (Math.min(tokens, mostTokens ?? Infinity) < minTokens) return `shorter than ${minTokens} tokens`;
    return Math.min(tokens, mostTokens ?? Infinity) > maxTokens ? `longer than ${maxTokens} tokens` : null;
  }

  /** Cuts the document where that is wanted, of rows that were drawn only: it takes long. */
  #finish({ place, parts, row: { id, ...rest } }: Candidate): PromptRow[] {
    const { encode, truncateTokens } = this.#options;
    const text = truncateTokens === undefined
      ? parts.before + parts.context + parts.after
      : cutMiddle(parts, { encode, maxTokens: truncateTokens })?.text;
    if (text !== undefined) return [{ id, text, ...rest }];
    this.#leftOut.add(NO_ROOM, place);
    return [];
  }

  #keep(candidate: Candidate): void {
    const { samples = Infinity, perSubset = Infinity, shuffle = true } = this.#options;
    const group = perSubset === Infinity ? "" : candidate.row.dataset;
    const kept = this.#kept.get(group) ?? new SmallestKeys<Candidate>(Math.min(samples, perSubset));
    this.#kept.set(group, kept);
    this.#usable++;
    kept.add(shuffle ? this.#random.float() : this.#usable, candidate);
  }
}
