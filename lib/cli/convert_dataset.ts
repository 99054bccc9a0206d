/**
 * What commands share that make a dataset from files of another form.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";

import { UsageError } from "../errors.ts";
import { describe, type Distribution } from "../metrics/distribution.ts";
import { Sample } from "../metrics/sample.ts";
import { formatCount, formatNumber, formatPlural } from "../plots/format.ts";
import { openJsonRows } from "../sources/dataset_file.ts";
import { findSourceFiles, type SourceFile } from "../sources/dataset_sources.ts";
import { chooseCounting, type TokenCounting } from "../sources/token_counting.ts";
import { assertWritable } from "../sources/write_rows.ts";
import { formatBytes, resolve } from "../std.ts";
import type { JsonRow } from "../workload/datasets/json_rows.ts";
import type { LeftOut } from "../workload/datasets/left_out.ts";
import { print, printError } from "./console.ts";
import { ProgressLine } from "./progress_line.ts";
import { ESTIMATE, TOKENIZER_FLAG } from "./token_counts.ts";

/** Counted by a tokenizer in some 5 s. */
const SMALL_BYTES = 4 * 2 ** 20;
const SHOWN_BROKEN_ROWS = 20;

/** What the help pages say of exit codes. */
export const EXIT_CODES = `
The exit code is 0 when the file was written; 1 when rows were broken and the others were written, or when a download or
the disk failed; 2 when nothing was written, as there was nothing to write or the command was wrong.
`;

/** A command that reads sources and writes one file. */
// deno-lint-ignore explicit-module-boundary-types -- the type is what the chain makes of it
export function convertCommand(name: string, description: string) {
  return new Command(name)
    .description(description)
    .argument("<sources...>", "files, folders, or http(s) addresses of files")
    .requiredOption("--output <file>", "where the dataset goes, as JSONL")
    .option("--force", "replace the file if it exists")
    .option(...TOKENIZER_FLAG)
    .option("--download-dir <folder>", "where downloads are kept", "data/downloads")
    .option("--no-progress", "no progress line")
    .option("--json", "print one line of JSON and nothing else on standard output")
    .exitOverride()
    .showHelpAfterError("(--help shows every flag)")
    .configureHelp({ helpWidth: 110 });
}

/** Flags of {@linkcode convertCommand}. */
export interface ConvertFlags {
  readonly output: string;
  readonly force?: boolean;
  readonly tokenizer?: string;
  readonly downloadDir: string;
  readonly progress: boolean;
  readonly json?: boolean;
}

/** A conversion that is about to begin. */
export interface Conversion {
  readonly files: readonly SourceFile[];
  readonly counting: TokenCounting;
  /** Rows that cannot be read or used. */
  readonly broken: BrokenRows;
  /** Reads all files, row by row. Rows that cannot be read are left out and noted. */
  rows(options?: ReadRowsOptions): AsyncGenerator<SourceRow>;
}

/** Options of {@linkcode Conversion.rows}. */
export interface ReadRowsOptions {
  /** For the progress line. @default {"reading"} */
  readonly doing?: string;
  /** Where rows that cannot be read are noted. @default {the conversion's} */
  readonly broken?: BrokenRows;
}

/** A row of a source. */
export interface SourceRow {
  readonly row: JsonRow;
  readonly file: SourceFile;
  /** `file:line`. */
  readonly place: string;
  /** Among the file's rows, from 1. */
  readonly position: number;
}

/**
 * Finds the sources and makes sure that the output can be written, before any work is done.
 *
 * @throws {UsageError} When a source is not there, or the output is.
 */
export async function startConversion(
  sources: readonly string[],
  flags: ConvertFlags,
): Promise<Conversion> {
  const { output, force = false, tokenizer, downloadDir } = flags;
  await assertWritable(output, { force });
  const line = new ProgressLine(flags.progress);
  const files = await findSourceFiles(sources, {
    downloadDirectory: downloadDir,
    onProgress: (url, { receivedBytes, totalBytes }) =>
      line.show(`downloading ${url}`, receivedBytes, totalBytes),
  });
  line.clear();
  const own = files.find(({ path }) => resolve(path) === resolve(output));
  if (own !== undefined) throw new UsageError(`Cannot write ${output} as it is one of the sources`);
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const slow = sizeBytes > SMALL_BYTES ? `more than ${formatBytes(SMALL_BYTES, { binary: true })}` : null;
  const counting = await chooseCounting({ tokenizer, estimate: ESTIMATE, whySlow: () => slow });
  const broken = new BrokenRows();
  return {
    files,
    counting,
    broken,
    rows: (options) => readRows(files, { broken, doing: "reading", ...options, line, sizeBytes }),
  };
}

async function* readRows(
  files: readonly SourceFile[],
  { broken, doing, line, sizeBytes }: Required<ReadRowsOptions> & {
    readonly line: ProgressLine;
    readonly sizeBytes: number;
  },
): AsyncGenerator<SourceRow> {
  let readBytes = 0;
  try {
    for (const file of files) {
      const onBytes = (bytes: number) => {
        readBytes += bytes;
        line.show(`${doing} ${file.label}`, readBytes, sizeBytes);
      };
      for await (const read of await openJsonRows(file.path, onBytes)) {
        const place = `${file.label}:${read.line}`;
        if (read.kind === "bad") broken.add(place, read.reason);
        else yield { row: read.row, file, place, position: read.position };
      }
    }
  } finally {
    line.clear();
  }
}

/** Rows that cannot be read, or are not what they should be. */
export class BrokenRows {
  readonly #first = new Map<string, string>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Notes a row. @param place `file:line`. */
  add(place: string, reason: string): void {
    this.#count++;
    if (this.#count <= SHOWN_BROKEN_ROWS) this.#first.set(place, reason);
  }

  /** Does something with a row that throws a SyntaxError when it is broken. @returns `null` when it is. */
  attempt<T>(place: string, use: () => T): T | null {
    try {
      return use();
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.add(place, error.message);
      return null;
    }
  }

  /** Says which rows they are, the first at least. */
  print(): void {
    for (const [place, reason] of this.#first) printError(`${place}: left out: ${reason}`);
    const hidden = this.#count - this.#first.size;
    if (hidden > 0) printError(formatPlural(hidden, "more broken row"));
  }

  /** The first one as `file:line: reason`. */
  get first(): string | null {
    const [first] = this.#first;
    return first === undefined ? null : first.join(": ");
  }
}

/** What was written, and what was not. */
export interface ConversionResult {
  readonly output: string;
  readonly rows: number;
  readonly sizeBytes: number;
  /** Of prompts, without the chat template. */
  readonly promptTokens: Distribution | null;
  readonly leftOut: readonly LeftOut[];
  /** More for people, and in JSON: rows by set, turns that were cut. */
  readonly notes: readonly string[];
}

/**
 * Says what was written.
 *
 * @returns The exit code.
 * @throws {UsageError} When no row was.
 */
export function reportConversion(
  { counting, broken }: Pick<Conversion, "counting" | "broken">,
  { result, json }: { readonly result: ConversionResult; readonly json: boolean },
): number {
  const { output, rows, leftOut } = result;
  broken.print();
  if (rows === 0) {
    const [most] = leftOut;
    const why = most === undefined
      ? broken.first
      : `${formatPlural(most.rows, "row")}: ${most.reason} (${most.first})`;
    throw new UsageError(`Cannot write ${output} as no row can be used${why === null ? "" : `: ${why}`}`);
  }
  const { rule, note } = counting;
  if (json) print(JSON.stringify({ ...result, brokenRows: broken.count, tokenCounting: rule, note }));
  else print(resultText(result, { counting, brokenRows: broken.count }));
  return broken.count > 0 ? 1 : 0;
}

function resultText(
  { output, rows, sizeBytes, promptTokens, leftOut, notes }: ConversionResult,
  { counting, brokenRows }: { readonly counting: TokenCounting; readonly brokenRows: number },
): string {
  const left = leftOut.reduce((sum, { rows }) => sum + rows, 0);
  const tokens = promptTokens === null ? [] : [
    `prompt tokens: p50 ${formatNumber(promptTokens.p50)}, p90 ${formatNumber(promptTokens.p90)}, ` +
    `max ${formatCount(promptTokens.max)} of ${formatPlural(promptTokens.count, "prompt")}`,
    `tokens: ${counting.rule}${counting.note === null ? "" : ` (${counting.note})`}`,
  ];
  return [
    `wrote ${output}: ${formatPlural(rows, "row")}, ${formatBytes(sizeBytes)}`,
    ...notes,
    ...tokens,
    `left out: ${formatPlural(left, "row")}, ${formatCount(brokenRows)} broken`,
    ...leftOut.map(({ reason, rows, first }) => `  ${formatCount(rows)}: ${reason}, the first ${first}`),
  ].join("\n");
}

/** Lengths of prompts as they go by. */
export class PromptLengths {
  readonly #sample = new Sample();
  readonly #encode: TokenCounting["encode"];

  constructor({ encode }: Pick<TokenCounting, "encode">) {
    this.#encode = encode;
  }

  /** Adds a prompt of one or several texts. */
  add(texts: readonly string[]): void {
    this.#sample.add(texts.reduce((sum, text) => sum + this.#encode(text).length, 0));
  }

  describe(): Distribution | null {
    return describe(this.#sample);
  }
}
