/**
 * Notebook files: the part of nbformat 4 that a notebook on the Deno kernel uses. What else a file holds, in metadata
 * for example, is kept.
 *
 * @module
 */
import type { Json, JsonObject } from "../types.ts";

/** A notebook. */
export interface Notebook {
  readonly metadata: JsonObject;
  /** The second number of the format: 5 in "4.5". */
  readonly minor: number;
  readonly cells: readonly Cell[];
}

/** A cell, of any kind. */
export type Cell = TextCell | CodeCell;

interface AnyCell {
  readonly source: string;
  readonly metadata: JsonObject;
  /** Since nbformat 4.5, else `null`. */
  readonly id: string | null;
}

/** Prose, or text that nobody interprets. */
export interface TextCell extends AnyCell {
  readonly kind: "markdown" | "raw";
  /** Files that Markdown refers to as `attachment:name`, or `null`. */
  readonly attachments: JsonObject | null;
}

/** Code and what came of it. */
export interface CodeCell extends AnyCell {
  readonly kind: "code";
  readonly outputs: readonly Output[];
  /** The number in brackets beside the cell; `null` when it was not executed. */
  readonly executionCount: number | null;
}

/** What a cell printed, showed or failed with. */
export type Output = StreamOutput | DisplayOutput | ErrorOutput;

/** Text on a standard stream. */
export interface StreamOutput {
  readonly kind: "stream";
  readonly name: "stdout" | "stderr";
  readonly text: string;
}

/** Something shown, in as many forms as the kernel sent. */
export interface DisplayOutput {
  readonly kind: "display" | "result";
  /** Media type → content. Binary content is base64; JSON types hold JSON. */
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  /** Of a result, the number in brackets beside it. */
  readonly executionCount: number | null;
}

/** What a cell failed with. */
export interface ErrorOutput {
  readonly kind: "error";
  readonly name: string;
  readonly message: string;
  readonly traceback: readonly string[];
}

/**
 * Reads a notebook.
 *
 * @param text The file's text.
 * @param path For error messages.
 * @throws {SyntaxError} Naming the file, and the cell where it is one, when it is not JSON, not a notebook, or of another
 * format than 4.
 *
 * @example
 * ```ts
 * import { parseNotebook } from "./notebook_file.ts";
 * import assert from "node:assert/strict";
 *
 * const cell = { cell_type: "markdown", metadata: {}, source: ["# Latency\n", "of one run"] };
 * const text = JSON.stringify({ nbformat: 4, nbformat_minor: 4, metadata: {}, cells: [cell] });
 * assert.equal(parseNotebook(text, "latency.ipynb").cells[0]?.source, "# Latency\nof one run");
 * ```
 */
export function parseNotebook(text: string, path: string): Notebook {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(
      `Cannot read ${path} as it must be JSON: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
  const { nbformat, nbformat_minor, cells, metadata } = asObject(value);
  if (typeof nbformat !== "number") throw wrong(path, "'nbformat' must be a number", nbformat);
  if (nbformat !== 4) {
    throw new SyntaxError(
      `Cannot read ${path} as 'nbformat' must be 4: current value is ${nbformat}. ` +
        "Open it in JupyterLab and save it, or run: jupyter nbconvert --to notebook --nbformat 4",
    );
  }
  if (!Array.isArray(cells)) throw wrong(path, "'cells' must be a list", cells);
  return {
    metadata: asObject(metadata),
    minor: typeof nbformat_minor === "number" ? nbformat_minor : 0,
    cells: cells.map((cell, index) => parseCell(cell, `${path}, cell ${index + 1} from the top`)),
  };
}

function parseCell(value: Json, place: string): Cell {
  const cell = asObject(value);
  const common = {
    source: asText(cell.source, `${place}, 'source'`),
    metadata: asObject(cell.metadata),
    id: typeof cell.id === "string" ? cell.id : null,
  };
  switch (cell.cell_type) {
    case "markdown":
    case "raw":
      return {
        kind: cell.cell_type,
        ...common,
        attachments: cell.attachments === undefined ? null : asObject(cell.attachments),
      };
    case "code":
      return {
        kind: "code",
        ...common,
        outputs: asList(cell.outputs).map((output) => parseOutput(output, place)),
        executionCount: asCount(cell.execution_count),
      };
    default:
      throw wrong(place, `'cell_type' must be "markdown", "raw" or "code"`, cell.cell_type);
  }
}

function parseOutput(value: Json, place: string): Output {
  const output = asObject(value);
  switch (output.output_type) {
    case "stream":
      return {
        kind: "stream",
        name: output.name === "stderr" ? "stderr" : "stdout",
        text: asText(output.text, `${place}, 'text'`),
      };
    case "display_data":
    case "execute_result":
      return {
        kind: output.output_type === "display_data" ? "display" : "result",
        data: parseData(asObject(output.data), place),
        metadata: asObject(output.metadata),
        executionCount: asCount(output.execution_count),
      };
    case "error":
      return {
        kind: "error",
        name: String(output.ename ?? "Error"),
        message: String(output.evalue ?? ""),
        traceback: asList(output.traceback).map(String),
      };
    default:
      throw wrong(
        place,
        `'output_type' must be "stream", "display_data", "execute_result" or "error"`,
        output.output_type,
      );
  }
}

/** Text may stand as a list of lines; the content of JSON types is any JSON. */
function parseData(data: JsonObject, place: string): JsonObject {
  return Object.fromEntries(
    Object.entries(data).map(([type, content]) => [
      type,
      isJsonType(type) ? content : asText(content, `${place}, '${type}'`),
    ]),
  );
}

function isJsonType(type: string): boolean {
  return /^application\/(.*\+)?json$/.test(type);
}

/**
 * Writes a notebook as Jupyter does: one space of indent, text as a list of lines.
 *
 * @returns The file's text.
 */
export function formatNotebook({ cells, metadata, minor }: Notebook): string {
  const file = { cells: cells.map(formatCell), metadata, nbformat: 4, nbformat_minor: minor };
  return JSON.stringify(file, null, 1) + "\n";
}

function formatCell(cell: Cell): JsonObject {
  const { id, metadata } = cell;
  const common = { ...(id === null ? {} : { id }), metadata, source: splitLines(cell.source) };
  if (cell.kind === "code") {
    return {
      cell_type: "code",
      execution_count: cell.executionCount,
      ...common,
      outputs: cell.outputs.map(formatOutput),
    };
  }
  return {
    cell_type: cell.kind,
    ...(cell.attachments === null ? {} : { attachments: cell.attachments }),
    ...common,
  };
}

function formatOutput(output: Output): JsonObject {
  switch (output.kind) {
    case "stream":
      return { output_type: "stream", name: output.name, text: splitLines(output.text) };
    case "error":
      return {
        output_type: "error",
        ename: output.name,
        evalue: output.message,
        traceback: output.traceback,
      };
    case "display":
      return { output_type: "display_data", data: formatData(output.data), metadata: output.metadata };
    case "result":
      return {
        output_type: "execute_result",
        execution_count: output.executionCount,
        data: formatData(output.data),
        metadata: output.metadata,
      };
  }
}

function formatData(data: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(data).map(([type, content]) => [
      type,
      typeof content === "string" && !isJsonType(type) ? splitLines(content) : content,
    ]),
  );
}

/** Lines with their ends; the last has none if the text has none. */
function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** A code cell that has something to execute. */
export interface NumberedCell {
  readonly cell: CodeCell;
  /** The number that the cell has in brackets after all were executed in order, from 1. */
  readonly number: number;
}

/** The cells that are executed: empty ones are passed over, and not counted, as Jupyter does. */
export function codeCells(notebook: Notebook): NumberedCell[] {
  return notebook.cells
    .filter((cell): cell is CodeCell => cell.kind === "code" && cell.source.trim() !== "")
    .map((cell, index) => ({ cell, number: index + 1 }));
}

/** Whether a cell carries a tag, as set in Jupyter's property inspector. */
export function hasTag({ metadata }: Cell, tag: string): boolean {
  return asList(metadata.tags).includes(tag);
}

/** Whether an output is a picture, a table or something else to look at, not only text. */
export function isFigure(output: Output): boolean {
  if (output.kind !== "display" && output.kind !== "result") return false;
  return Object.entries(output.data).some(([type, content]) =>
    (type === "text/html" || type.startsWith("image/")) && content !== ""
  );
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function asCount(value: Json | undefined): number | null {
  return typeof value === "number" ? value : null;
}

function asText(value: Json | undefined, place: string): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((line) => typeof line === "string")) return value.join("");
  throw wrong(place, "it must be text or a list of lines", value);
}

function wrong(place: string, rule: string, value: Json | undefined): SyntaxError {
  return new SyntaxError(
    `Cannot read ${place} as a notebook as ${rule}: current value is ${JSON.stringify(value) ?? "missing"}`,
  );
}
