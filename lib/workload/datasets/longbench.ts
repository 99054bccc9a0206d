/**
 * LongBench's rows as prompts: 21 subsets of long documents with questions, each asked in its own way.
 *
 * Which subsets there are, which of them have a question and how long answers may be, is theirs; the wording around a
 * document is ours, so that scores of answers are not LongBench's.
 *
 * @see {@link https://github.com/THUDM/LongBench}
 * @module
 */
import { invalid } from "./forms.ts";
import type { JsonRow } from "./json_rows.ts";
import { subsetFrames } from "./longbench_frames.ts";

/** How a document and its question become a prompt; "subset" is each subset's own way. */
export const longBenchForms = [
  "subset",
  "context-question",
  "context-only",
  "question-only",
  "concatenate",
] as const;

/** One of {@linkcode longBenchForms}. */
export type LongBenchForm = typeof longBenchForms[number];

/** One of LongBench's subsets. */
export interface LongBenchSubset {
  readonly name: string;
  /** Longest answer in tokens. */
  readonly maxTokens: number;
  /** Whether there is a second set of it with evenly spread lengths, `<name>_e`. */
  readonly hasEven: boolean;
}

/** All subsets. */
export const longBenchSubsets: readonly LongBenchSubset[] = [
  { name: "narrativeqa", maxTokens: 128, hasEven: false },
  { name: "qasper", maxTokens: 128, hasEven: true },
  { name: "multifieldqa_en", maxTokens: 64, hasEven: true },
  { name: "multifieldqa_zh", maxTokens: 64, hasEven: false },
  { name: "hotpotqa", maxTokens: 32, hasEven: true },
  { name: "2wikimqa", maxTokens: 32, hasEven: true },
  { name: "musique", maxTokens: 32, hasEven: false },
  { name: "dureader", maxTokens: 128, hasEven: false },
  { name: "gov_report", maxTokens: 512, hasEven: true },
  { name: "qmsum", maxTokens: 512, hasEven: false },
  { name: "multi_news", maxTokens: 512, hasEven: true },
  { name: "vcsum", maxTokens: 512, hasEven: false },
  { name: "trec", maxTokens: 64, hasEven: true },
  { name: "triviaqa", maxTokens: 32, hasEven: true },
  { name: "samsum", maxTokens: 128, hasEven: true },
  { name: "lsht", maxTokens: 64, hasEven: false },
  { name: "passage_count", maxTokens: 32, hasEven: true },
  { name: "passage_retrieval_en", maxTokens: 32, hasEven: true },
  { name: "passage_retrieval_zh", maxTokens: 32, hasEven: false },
  { name: "lcc", maxTokens: 64, hasEven: true },
  { name: "repobench-p", maxTokens: 64, hasEven: true },
];

/** Names of all sets, those with evenly spread lengths included. */
export const longBenchNames: readonly string[] = longBenchSubsets.flatMap(({ name, hasEven }) =>
  hasEven ? [name, `${name}_e`] : [name]
);

/** A row of LongBench. */
export interface LongBenchRow {
  /** `null` where it has none. */
  readonly id: string | null;
  /** Name of its set: "qasper", "qasper_e". */
  readonly dataset: string;
  /** As the row says it ("en", "zh", "python"), else `null`. */
  readonly language: string | null;
  /** "" where it has none. */
  readonly context: string;
  /** Question, or what else the document is to be used for; "" where it has none. */
  readonly input: string;
}

/**
 * Reads a row.
 *
 * @param row Of a file of LongBench's.
 * @param fileName Its name without ".jsonl": tells the set where the row does not, and "qasper" from "qasper_e".
 * @throws {SyntaxError} When a field is not what LongBench has.
 */
export function toLongBenchRow(row: JsonRow, fileName: string): LongBenchRow {
  const named = textOf(row, "dataset");
  const dataset = named === "" || `${named}_e` === fileName ? fileName : named;
  const context = textOf(row, "context");
  const input = textOf(row, "input");
  if (context.trim() === "" && input.trim() === "") {
    throw "context" in row || "input" in row
      ? new SyntaxError("'context' and 'input' must not both be empty")
      : invalid("context", "a text", undefined);
  }
  return {
    id: textOf(row, "_id") || null,
    dataset,
    language: textOf(row, "language") || null,
    context,
    input,
  };
}

function textOf(row: JsonRow, name: string): string {
  const value = row[name] ?? "";
  if (typeof value !== "string") throw invalid(name, "a text", value);
  return value;
}

/** A prompt in three pieces, so that the document can be cut and the rest stays whole. */
export interface PromptParts {
  readonly before: string;
  readonly context: string;
  readonly after: string;
}

/** The subset that a set belongs to; `undefined` where it is none of LongBench's. */
export function subsetOf(dataset: string): LongBenchSubset | undefined {
  return longBenchSubsets.find(({ name, hasEven }) =>
    dataset === name || (hasEven && dataset === `${name}_e`)
  );
}

/**
 * Makes the prompt of a row.
 *
 * Beside each subset's own form: the document and below it "Question: …" ("问题: …" in Chinese), the document alone, the
 * question alone, or one after the other.
 *
 * @throws {SyntaxError} When the prompt would be empty, or when the row's set has no form of its own.
 *
 * @example
 * ```ts
 * import { longBenchPrompt } from "./longbench.ts";
 * import assert from "node:assert/strict";
 *
 * const row = { id: "1", dataset: "qasper", language: "en", context: "A paper.", input: "What is it?" };
 * assert.deepEqual(longBenchPrompt(row, "context-question"), {
 *   before: "",
 *   context: "A paper.",
 *   after: "\n\nQuestion: What is it?",
 * });
 * assert.match(longBenchPrompt(row, "subset").after, /Question: What is it\?$/);
 * ```
 */
export function longBenchPrompt(row: LongBenchRow, form: LongBenchForm): PromptParts {
  const parts = partsOf(row, form);
  if ([parts.before, parts.context, parts.after].join("").trim() === "") {
    throw new SyntaxError(`the prompt is empty in the form ${form}`);
  }
  return parts;
}

function partsOf(row: LongBenchRow, form: LongBenchForm): PromptParts {
  const { context, input } = row;
  switch (form) {
    case "subset":
      return inOwnForm(row);
    case "context-only":
      return { before: "", context, after: "" };
    case "question-only":
      return { before: "", context: "", after: input };
    case "concatenate":
      return context === "" || input === ""
        ? { before: "", context, after: input }
        : { before: "", context, after: `\n${input}` };
    case "context-question": {
      if (context === "" || input === "") return { before: "", context, after: input };
      const label = row.language === "zh" ? "问题" : "Question";
      return { before: "", context, after: `\n\n${label}: ${input}` };
    }
  }
}

function inOwnForm({ dataset, context, input }: LongBenchRow): PromptParts {
  const subset = subsetOf(dataset);
  const frame = subset === undefined ? undefined : subsetFrames[subset.name];
  if (frame === undefined) {
    throw new SyntaxError(
      `the set '${dataset}' is none of LongBench's and has no form of its own: use --form`,
    );
  }
  const [before, after] = frame;
  return { before, context, after: after.replace("{input}", () => input) };
}
