/**
 * Whether a comparison is fair: asked before anybody says who is faster.
 *
 * To add a check: a file or a constant, and a line in the list it belongs to.
 *
 * @module
 */
import type { Comparison } from "../compare/group_comparison.ts";
import type { FairCell, FairPair, FairSide, Finding } from "./finding.ts";
import { requestChecks } from "./request_checks.ts";
import { runChecks } from "./run_checks.ts";

/** Every check, in the order of tables. */
export const fairnessChecks = [...runChecks, ...requestChecks];

/**
 * Checks a pair of engines.
 *
 * @param pair Indices of the engines.
 * @returns A finding per check; where nothing was measured on both, one that says so.
 * @throws {RangeError} When there is no such engine.
 */
export function checkFairness(
  comparison: Comparison,
  pair: { readonly a: number; readonly b: number },
): Finding[] {
  const fair = pairUp(comparison, pair);
  if (fair.cells.length === 0) {
    return [{
      check: "complete",
      question: "Was every engine asked at every load, as often as the other?",
      status: "error",
      evidence: "There is no load that was measured whole on both.",
    }];
  }
  return fairnessChecks.map((check) => ({
    check: check.name,
    question: check.question,
    ...check.find(fair),
  }));
}

function pairUp(
  { manifest, loads }: Comparison,
  { a, b }: { readonly a: number; readonly b: number },
): FairPair {
  const cells = loads.flatMap((load) => {
    const others = new Map((load.engines[b] ?? []).map((cell) => [cell.repeat, cell]));
    return (load.engines[a] ?? []).flatMap((cell): FairCell[] => {
      const other = others.get(cell.repeat);
      return other === undefined ? [] : [{ load: load.label, a: cell, b: other }];
    });
  });
  const sideOf = (index: number, side: "a" | "b"): FairSide => {
    const engine = manifest.engines[index];
    if (engine === undefined) {
      throw new RangeError(
        `Cannot check fairness as there is no engine ${index} of ${manifest.engines.length}`,
      );
    }
    return { engine, manifests: [...new Set(cells.map((cell) => cell[side].run.manifest))] };
  };
  return {
    ...{ a: sideOf(a, "a"), b: sideOf(b, "b"), cells },
    planned: { loads: Math.max(loads.length, manifest.loads.values.length), repeats: manifest.repeats },
  };
}

export { type Finding, type FindingStatus } from "./finding.ts";
export { isSameModel } from "./same_model.ts";
