/**
 * Choosing metrics by name.
 *
 * @module
 */
import { closestString } from "../std.ts";
import type { TelemetryFamily } from "../types.ts";
import { sampleNamesOf } from "./families.ts";

/** Names that were wanted, and what there is of them. */
export interface Selection {
  /** In the order in which they were wanted, each once. */
  readonly families: readonly TelemetryFamily[];
  /** Names that chose nothing. */
  readonly missing: readonly string[];
}

/**
 * Chooses families.
 *
 * A name chooses the family of that name, the counter that has `_total` after it, or the histogram that a sample of that
 * name (`…_sum`) belongs to. A `*` at its end chooses all that begin so.
 *
 * @example
 * ```ts
 * import { selectFamilies } from "./names.ts";
 * import assert from "node:assert/strict";
 *
 * const page = [{ name: "requests_total", type: "counter", help: "" }] as const;
 * assert.deepEqual(selectFamilies(page, ["requests", "load"]), { families: [...page], missing: ["load"] });
 * ```
 */
export function selectFamilies(families: readonly TelemetryFamily[], names: readonly string[]): Selection {
  const chosen = new Map<string, TelemetryFamily>();
  const missing: string[] = [];
  for (const name of new Set(names)) {
    const found = families.filter((family) => matches(family, name));
    if (found.length === 0) missing.push(name);
    for (const family of found) chosen.set(family.name, family);
  }
  return { families: [...chosen.values()], missing };
}

function matches(family: TelemetryFamily, name: string): boolean {
  if (name.endsWith("*")) return family.name.startsWith(name.slice(0, -1));
  return family.name === name || (family.type === "counter" && family.name === `${name}_total`) ||
    sampleNamesOf(family).includes(name);
}

/**
 * The names most like one that is not there: those that hold it, or what follows its last colon; else the one nearest by
 * edit distance.
 *
 * @param most How many at most.
 */
export function nearestNames(name: string, names: readonly string[], most = 3): string[] {
  if (names.length === 0) return [];
  const tail = name.replace(/\*$/, "").toLowerCase().split(":").at(-1) ?? "";
  const holders = names.filter((one) => tail.length > 2 && one.toLowerCase().includes(tail));
  return holders.length > 0 ? holders.slice(0, most) : [closestString(name, names)];
}

/** A sentence for a name that chose nothing. */
export function describeMissing(name: string, families: readonly TelemetryFamily[]): string {
  const nearest = nearestNames(name, families.map((family) => family.name));
  return `Cannot record metric "${name}" as there is none of that name${
    nearest.length === 0 ? "" : `: the nearest is ${nearest.join(" or ")}`
  }`;
}
