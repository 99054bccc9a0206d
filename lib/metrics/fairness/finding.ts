/**
 * What a check of fairness says.
 *
 * @module
 */
import type { ComparisonEngine } from "../../comparison.ts";
import type { RunManifest } from "../../types.ts";
import type { MeasuredCell } from "../compare/group_comparison.ts";

/**
 * "error": the numbers do not answer which engine is faster; "warning": they do, with this in mind; "unknown": nobody said
 * what would be needed; "ok": it was looked at.
 */
export type FindingStatus = "ok" | "unknown" | "warning" | "error";

/** What one check found. */
export interface Finding {
  /** Name of the check: "model". */
  readonly check: string;
  /** What it asks, for people. */
  readonly question: string;
  readonly status: FindingStatus;
  /** What was seen, with numbers; one sentence. */
  readonly evidence: string;
}

/** One engine of a pair. */
export interface FairSide {
  readonly engine: ComparisonEngine;
  /** Of its runs. */
  readonly manifests: readonly RunManifest[];
}

/** One cell of both, in the same repeat of the same load. */
export interface FairCell {
  readonly load: string;
  readonly a: MeasuredCell;
  readonly b: MeasuredCell;
}

/** Two engines, and everything that was measured of both. */
export interface FairPair {
  readonly a: FairSide;
  readonly b: FairSide;
  readonly cells: readonly FairCell[];
  /** What was planned. */
  readonly planned: { readonly loads: number; readonly repeats: number };
}

/** A check: it has an answer for every pair that has cells. */
export interface FairnessCheck {
  readonly name: string;
  readonly question: string;
  find(pair: FairPair): Omit<Finding, "check" | "question">;
}

/** The names of a pair, for evidence. */
export function namesOf({ a, b }: FairPair): { readonly a: string; readonly b: string } {
  return { a: a.engine.name, b: b.engine.name };
}
