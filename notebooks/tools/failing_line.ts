/**
 * The line of a cell that an error comes from. Stacks name lines of what the kernel made of the cell: without types, and set
 * anew line by line.
 *
 * @module
 */
import { SourceMap } from "node:module";
import { join } from "node:path";

/**
 * Finds the line, by removing the types once more and looking where each line came from.
 *
 * @param source The cell's code.
 * @param traceback The error's stack, a line each: "at <anonymous>:3:9".
 * @returns The line without its indent; `null` when the stack names none.
 */
export async function findFailingLine(source: string, traceback: readonly string[]): Promise<string | null> {
  const match = traceback.join("\n").match(/<anonymous>:(\d+):(\d+)/);
  if (match === null) return null;
  const map = await mapLines(source);
  if (map === null) return null;
  const entry = map.findEntry(Number(match[1]) - 1, Number(match[2]) - 1);
  if (!("originalLine" in entry)) return null;
  return source.split("\n")[entry.originalLine]?.trim() || null;
}

async function mapLines(source: string): Promise<SourceMap | null> {
  const folder = await Deno.makeTempDir({ prefix: "benchbook-cell-" });
  try {
    const made = join(folder, "cell.js");
    await Deno.writeTextFile(join(folder, "cell.ts"), source);
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["transpile", "--no-config", "--no-check", "--source-map", "inline", "--output", made, "cell.ts"],
      cwd: folder,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    const encoded = success ? (await Deno.readTextFile(made)).match(/;base64,(\S+)\s*$/)?.[1] : undefined;
    if (encoded === undefined) return null;
    return new SourceMap(JSON.parse(atob(encoded)));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
