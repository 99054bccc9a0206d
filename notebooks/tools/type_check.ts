/**
 * Types of a notebook's cells. The kernel only strips them, so that a wrong one would go unnoticed.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";

import { codeCells, type NumberedCell } from "../../lib/notebook/notebook_file.ts";
import type { LoadedNotebook } from "./load.ts";

/** A notebook as one module. */
export interface CellModule {
  readonly text: string;
  /** For each line of the text from 1: where it comes from. `null` for lines that are in no cell. */
  readonly origins: readonly (CellLine | null)[];
}

/** A line of a notebook. */
export interface CellLine {
  readonly cell: NumberedCell;
  /** In the cell, from 1. */
  readonly line: number;
}

/** All cells one after the other, as a module. */
export function joinCells(cells: readonly NumberedCell[]): CellModule {
  const lines: string[] = [];
  const origins: (CellLine | null)[] = [null];
  for (const cell of cells) {
    cell.cell.source.split("\n").forEach((text, index) => {
      lines.push(text);
      origins.push({ cell, line: index + 1 });
    });
    // A cell may end in a comment, or an expression without a semicolon.
    lines.push(";");
    origins.push(null);
  }
  return { text: [...lines, "export {};", ""].join("\n"), origins };
}

/**
 * Checks the types in notebooks of one folder, with the `deno.json` that the kernel finds from there.
 *
 * @returns Notebook's path → what is wrong with it, in the words of the compiler. Notebooks without errors are left out.
 */
export async function checkTypes(
  notebooks: readonly LoadedNotebook[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  if (notebooks.length === 0) return new Map();
  const all = await inspect(notebooks, { command: "check", signal });
  if (all.succeeded) return new Map();
  const failures = splitErrors(all.text, notebooks.map(({ path }) => path));
  if (failures !== null) return failures;
  // Syntax, or a module that cannot be loaded, or an error outside of the notebooks: it hides all others.
  const found = new Map<string, string>();
  for (const notebook of notebooks) {
    const { succeeded, text } = await inspect([notebook], { command: "check", signal });
    if (!succeeded) found.set(notebook.path, text);
  }
  return found;
}

/**
 * Errors of several notebooks, each to its own.
 *
 * @returns `null` when an error is in none of them.
 */
function splitErrors(text: string, paths: readonly string[]): Map<string, string> | null {
  const errors = text.split(/\n\n+(?=TS\d+ \[ERROR\])/).map((error) => ({
    error,
    path: paths.find((path) => /^TS\d+ /.test(error) && error.includes(`    at ${path}, cell `)),
  }));
  if (errors.some(({ path }) => path === undefined)) return null;
  return new Map(
    [...Map.groupBy(errors, ({ path }) => path ?? "")].map((
      [path, group],
    ) => [path, group.map(({ error }) => error).join("\n\n")]),
  );
}

/**
 * Why the kernel refuses code. It says only "Execution failed" of syntax errors and of modules it cannot load.
 *
 * @returns The reason, or `null` when there is none to be found.
 */
export async function explainFailure(
  notebook: LoadedNotebook,
  signal: AbortSignal,
): Promise<string | null> {
  const { succeeded, text } = await inspect([notebook], { command: "cache", signal });
  return succeeded ? null : text;
}

interface InspectOptions {
  /** `check` reads syntax, modules and types, `cache` only the first two. */
  readonly command: "check" | "cache";
  readonly signal: AbortSignal;
}

/** Runs Deno on the cells as files beside their notebooks, where relative imports lead to the same modules. */
async function inspect(notebooks: readonly LoadedNotebook[], { command, signal }: InspectOptions) {
  const modules = notebooks.map((notebook) => ({
    notebook,
    module: joinCells(codeCells(notebook.notebook)),
    path: join(
      dirname(notebook.path),
      `.${basename(notebook.path, ".ipynb")}.${crypto.randomUUID().slice(0, 8)}.ts`,
    ),
  }));
  try {
    for (const { path, module } of modules) await Deno.writeTextFile(path, module.text);
    const [first] = modules;
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [command, ...modules.map(({ path }) => basename(path))],
      cwd: first === undefined ? "." : dirname(first.path),
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      signal,
    }).output();
    signal.throwIfAborted();
    const said = new TextDecoder().decode(stderr);
    const text = modules.reduce(
      (text, { path, module, notebook }) =>
        namePlaces(text, { file: basename(path), module, path: notebook.path }),
      said,
    );
    return { succeeded: success, text: withoutNoise(text) };
  } finally {
    for (const { path } of modules) await Deno.remove(path).catch(() => {});
  }
}

/**
 * Names places as the reader of a notebook sees them.
 *
 * @param text What Deno says: "at file:///…/.notebook.1f2e.ts:12:3".
 */
export function namePlaces(
  text: string,
  { file, module, path }: { readonly file: string; readonly module: CellModule; readonly path: string },
): string {
  const place = new RegExp(`file://\\S*/${RegExp.escape(file)}(?::(\\d+):(\\d+))?`, "g");
  return text.replaceAll(place, (_, line: string | undefined, column: string | undefined) => {
    const origin = module.origins[Number(line)];
    if (origin === undefined || origin === null) return path;
    return `${path}, cell ${origin.cell.number}, line ${origin.line}:${column}`;
  });
}

/** Leaves what the reader of a notebook can use: no progress, no backtrace, no excerpts of lines numbered otherwise. */
function withoutNoise(text: string): string {
  return text
    .replaceAll(/^(Check|Download|Warning) .*\n/gm, "")
    .replace(/\n+Stack backtrace:[\s\S]*/, "")
    .replaceAll(/^ *(\d* \|.*|\|)\n/gm, "")
    .replace(/^error: (?=\w*Error)/, "")
    .replace(/\n+(Found \d+ errors\.\n+)?error: Type checking failed\.$/m, "")
    .trim();
}
