/**
 * Where a run took place.
 *
 * @module
 */
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

import type { Environment } from "../types.ts";

/** Version of benchbook, as in deno.json. */
export const BENCHBOOK_VERSION = "0.1.0";

/** Collects what can be known without starting another program. What a permission hides is `null` or absent. */
export function readEnvironment(): Environment {
  const gitCommit = readGitCommit(fileURLToPath(new URL("../../", import.meta.url)));
  return {
    benchbook: BENCHBOOK_VERSION,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    os: `${Deno.build.os} ${attempt(() => Deno.osRelease()) ?? ""}`.trim(),
    arch: Deno.build.arch,
    cpuCores: navigator.hardwareConcurrency,
    cpuModel: attempt(() => cpus()[0]?.model) ?? null,
    memoryBytes: attempt(() => Deno.systemMemoryInfo().total) ?? null,
    hostname: attempt(() => Deno.hostname()) ?? null,
    ...(gitCommit === undefined ? {} : { gitCommit }),
  };
}

/** The commit a checkout stands on, read from `.git` itself. */
function readGitCommit(root: string): string | undefined {
  return attempt(() => {
    const head = Deno.readTextFileSync(join(root, ".git/HEAD")).trim();
    const ref = head.match(/^ref: (.+)$/)?.[1];
    if (ref === undefined) return head;
    const loose = attempt(() => Deno.readTextFileSync(join(root, ".git", ref)).trim());
    if (loose !== undefined) return loose;
    const packed = Deno.readTextFileSync(join(root, ".git/packed-refs"));
    return packed.split("\n").find((line) => line.endsWith(` ${ref}`))?.split(" ")[0];
  });
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
