import { join } from "node:path";

import type { StoredComparison } from "../../../lib/comparison.ts";
import type { Run } from "../../../lib/types.ts";

/** Writes what was measured of a run into a folder of its own. @returns The folder. */
export function writeRun(parent: string, run: Run, name: string = run.manifest.runId): string {
  const folder = join(parent, name);
  Deno.mkdirSync(folder, { recursive: true });
  Deno.writeTextFileSync(join(folder, "manifest.json"), JSON.stringify(run.manifest));
  const lines = Array.from(run.records, (record) => JSON.stringify(record) + "\n");
  Deno.writeTextFileSync(join(folder, "requests.jsonl"), lines.join(""));
  return folder;
}

/** Writes a comparison and its runs. @returns The folder. */
export function writeStoredComparison(parent: string, { manifest, runs }: StoredComparison): string {
  const folder = join(parent, manifest.comparisonId);
  for (const [name, run] of runs) writeRun(folder, run, name);
  Deno.writeTextFileSync(join(folder, "comparison.json"), JSON.stringify(manifest));
  return folder;
}
