/**
 * Runs as people name them: by their folder, their id, a part of it, or as the latest.
 *
 * @module
 */
import { listRuns, type ReadableRun, RUNS_FOLDER } from "./list_runs.ts";
import { UsageError } from "../errors.ts";

/** Stands for the run that was started last. */
const LATEST = "latest";

/** More would not be read. */
const MOST_NAMED = 10;

/**
 * Finds the folder of a run, comparison or grid.
 *
 * @param name A folder, else as for {@linkcode findRunById}. What looks like a path is one, whether it exists or not.
 * @param parent Folder of runs. @default {"data/runs"}
 * @throws {UsageError} When no run, or more than one, is called so; it says which there are.
 */
export async function findRun(name: string, parent?: string): Promise<string> {
  return isFolder(name) || /[/\\]/.test(name) ? name : await findRunById(name, parent);
}

/**
 * Finds the folder of a run by its id.
 *
 * @param id An id, a part that only one id has, or "latest".
 * @param parent Folder of runs. @default {"data/runs"}
 * @throws {UsageError} When no run, or more than one, is called so; it says which there are.
 */
export async function findRunById(id: string, parent?: string): Promise<string> {
  const runs = (await listRuns(parent)).filter((one): one is ReadableRun => one.kind !== "unreadable");
  const [newest] = runs;
  const where = parent ?? RUNS_FOLDER;
  if (newest === undefined) {
    throw new UsageError(
      `Cannot find run ${id} as there is none in ${where}: give its folder, or measure one`,
    );
  }
  if (id === LATEST) return newest.folder;
  const found = runs.find((one) => one.id === id);
  if (found !== undefined) return found.folder;
  const holders = runs.filter((one) => one.id.includes(id));
  const [only] = holders;
  if (only === undefined) {
    throw new UsageError(`Cannot find run ${id} in ${where}; there ${nameAll(runs)}`);
  }
  if (holders.length === 1) return only.folder;
  throw new UsageError(
    `Cannot tell which run ${id} is, as ${holders.length} in ${where} have it in their id; there ${
      nameAll(holders)
    }`,
  );
}

function nameAll(runs: readonly ReadableRun[]): string {
  const named = runs.slice(0, MOST_NAMED).map(({ id }) => `\n  ${id}`).join("");
  const rest = runs.length > MOST_NAMED ? `\n  and ${runs.length - MOST_NAMED} older` : "";
  return `${runs.length === 1 ? "is" : "are"}${named}${rest}`;
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
