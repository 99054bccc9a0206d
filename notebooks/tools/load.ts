/**
 * Notebooks on disk.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { rootMessage, UsageError } from "../../lib/errors.ts";
import { type CodeCell, hasTag, type Notebook, parseNotebook } from "../../lib/notebook/notebook_file.ts";
import { asObject } from "./messages.ts";

/** A notebook and where it is. */
export interface LoadedNotebook {
  readonly path: string;
  readonly notebook: Notebook;
}

/** The folder of the notebooks that come with benchbook. */
export const notebooksFolder = fileURLToPath(new URL("../", import.meta.url));

/**
 * Reads notebooks.
 *
 * @param paths Files. Without any, all notebooks in {@linkcode notebooksFolder}, by name.
 * @throws {UsageError} When a file does not exist, or its code is not TypeScript.
 * @throws {SyntaxError} When a file is not a notebook.
 */
export async function loadNotebooks(paths: readonly string[]): Promise<LoadedNotebook[]> {
  const chosen = paths.length > 0 ? paths : await listNotebooks(notebooksFolder);
  return await Promise.all(chosen.map(loadNotebook));
}

async function listNotebooks(folder: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  const notebooks = names.filter((name) => name.endsWith(".ipynb")).sort();
  if (notebooks.length === 0) {
    throw new UsageError(`Cannot find a notebook in ${folder}: there is no file *.ipynb. Name one`);
  }
  return notebooks.map((name) => join(folder, name));
}

async function loadNotebook(path: string): Promise<LoadedNotebook> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const why = cause instanceof Deno.errors.NotFound ? "it does not exist" : rootMessage(cause);
    throw new UsageError(`Cannot read ${path}: ${why}`, { cause });
  }
  const notebook = parseNotebook(text, path);
  const { metadata } = notebook;
  const language = asObject(metadata.kernelspec).language ?? asObject(metadata.language_info).name;
  if (language !== undefined && !/^(typescript|javascript|deno)$/i.test(String(language))) {
    throw new UsageError(
      `Cannot execute ${path} as its language must be typescript: current value is ${language}. ` +
        `Choose the kernel "Deno" in Jupyter and save it`,
    );
  }
  return { path, notebook };
}

/**
 * A notebook with a cell of assignments after the one tagged `parameters`.
 *
 * @param settings Name → value. A value that is JSON is taken as such, any other as text.
 * @throws {UsageError} When no cell is tagged, or it does not declare a name with `let`.
 */
export function setParameters(
  { path, notebook }: LoadedNotebook,
  settings: ReadonlyMap<string, string>,
): LoadedNotebook {
  if (settings.size === 0) return { path, notebook };
  const place = notebook.cells.findIndex((cell) => cell.kind === "code" && hasTag(cell, "parameters"));
  const cell = notebook.cells[place];
  if (cell === undefined) {
    throw new UsageError(
      `Cannot set ${[...settings.keys()].join(", ")} as no cell of ${path} is tagged parameters`,
    );
  }
  for (const name of settings.keys()) {
    if (new RegExp(`\\blet\\s+${RegExp.escape(name)}\\b`).test(cell.source)) continue;
    throw new UsageError(
      `Cannot set ${name} as the cell tagged parameters of ${path} must declare it: write there let ${name} = …`,
    );
  }
  const injected: CodeCell = {
    kind: "code",
    // The value of the last line would be shown.
    source: [...settings].map(([name, value]) => `${name} = ${literal(value)};\n`).join("") + "void 0;",
    metadata: { tags: ["injected-parameters"] },
    id: notebook.minor >= 5 ? crypto.randomUUID().slice(0, 8) : null,
    outputs: [],
    executionCount: null,
  };
  return { path, notebook: { ...notebook, cells: notebook.cells.toSpliced(place + 1, 0, injected) } };
}

function literal(value: string): string {
  try {
    return JSON.stringify(JSON.parse(value));
  } catch {
    return JSON.stringify(value);
  }
}
