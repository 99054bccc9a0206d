/**
 * What every file form of another tool is to us: how it is recognised, and the cells and records in it.
 *
 * What a file does not tell stays missing: a record names the parts of it that are unknown, and a run lists them in words.
 *
 * @module
 */
import type { Cell, JsonObject, RequestRecord } from "../../types.ts";
import type { Document } from "./documents.ts";

/** A record as it was found. */
export type ImportedRecord = RequestRecord;

/** One condition that a file holds, with its records. */
export interface ImportedCell extends Pick<Cell, "label" | "parameters" | "schedule" | "requestCount"> {
  /** Their `cell` is 0, whatever the place of the cell in a run; their instants count from the cell's own zero. */
  readonly records: readonly ImportedRecord[];
}

/** Everything a file tells. */
export interface ImportedRun {
  /** ISO 8601, UTC; `null` where the file does not say. */
  readonly startedAt: string | null;
  readonly model: string | null;
  /** The engine in words, as far as the file says: "vllm". */
  readonly engine: string | null;
  readonly engineVersion: string | null;
  readonly baseUrl: string | null;
  readonly seed: number | null;
  /** The tool's own configuration, as it wrote it. */
  readonly options: JsonObject;
  /** At least one, each with at least one record. */
  readonly cells: readonly ImportedCell[];
  /** What the file does not tell and the numbers that are missing for it, for people. */
  readonly missing: readonly string[];
}

/** The form of one tool's file. */
export interface InterchangeForm {
  /** For `--as`: "vllm". */
  readonly name: string;
  /** The tool and its flags: "vllm bench serve --save-result --save-detailed". */
  readonly tool: string;
  /** What makes a file one of this form, for messages. */
  readonly looksFor: string;
  /** Whether a document could only be of this form, complete or not. */
  recognizes(document: unknown): boolean;
  /**
   * Understands the documents of one file.
   *
   * @throws {SyntaxError} When a key is missing or holds something else; the message names file, key and the tool's flag.
   */
  read(documents: readonly Document[]): ImportedRun;
}
