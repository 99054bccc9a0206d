/**
 * What a comparison of engines is, as its folder keeps it.
 *
 * @module
 */
import type { EngineInfo, JsonObject, Run } from "./types.ts";

/** An engine that is compared. */
export interface ComparisonEngine {
  /** Unique within the comparison, for legends and folders: "sglang". */
  readonly name: string;
  /** Started here and simulated, already running, started here from a profile, or measured before by runs of its own. */
  readonly kind: "simulated" | "server" | "launched" | "measured";
  /** How it is opened, secrets left out: enough to open it again. */
  readonly options: JsonObject;
  /** What it turned out to be; `null` until it was first asked. */
  readonly info: EngineInfo | null;
  /** The command that starts it, secrets masked; `null` where it was started by somebody else. */
  readonly launchCommand: readonly string[] | null;
}

/** One engine asked once at every load. */
export interface ComparisonStep {
  /** Place in the order of asking, from 0. */
  readonly index: number;
  /** Index into {@linkcode ComparisonManifest.engines}. */
  readonly engine: number;
  /** From 1. */
  readonly repeat: number;
  /** "failed" when a load of it did not work; it is asked again when the comparison is resumed. */
  readonly status: "planned" | "complete" | "interrupted" | "failed";
  /** Run folders as seen from the comparison's, in the order of asking; after an interruption there are several. */
  readonly runs: readonly string[];
  /** Why it failed. */
  readonly error?: string;
}

/** What a comparison will look at, and how sure it wants to be. */
export interface DeclaredComparison {
  /** Names from the compared metrics: "ttft", "outputTokensPerS". */
  readonly metrics: readonly string[];
  /** Of latencies: "mean", "p50", "p90", "p99". */
  readonly statistics: readonly string[];
  /** In (0, 1), of everything that is said of all pairs of engines together. */
  readonly confidence: number;
  readonly resamples: number;
}

/** The head of a comparison: `comparison.json`. */
export interface ComparisonManifest {
  readonly schemaVersion: 1;
  readonly comparisonId: string;
  readonly title: string;
  /** "running" on disk after the process is gone means: it was killed. */
  readonly status: "running" | "complete" | "interrupted" | "failed";
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** The command line, secrets removed. */
  readonly command: readonly string[];
  /** The mode that asks the engines: "trace-replay", "simple", "dual-round". */
  readonly mode: string;
  /** What the mode varies between loads, and its values, in the order of asking. */
  readonly loads: { readonly parameter: string; readonly values: readonly number[] };
  /** All other options, with their defaults filled in where the comparison chose them. */
  readonly options: JsonObject;
  readonly seed: number;
  /** What is compared, written down before anything was measured. */
  readonly declared: DeclaredComparison;
  /** How often every engine is asked at every load. */
  readonly repeats: number;
  /** The first is the one that the others are compared with. */
  readonly engines: readonly ComparisonEngine[];
  readonly steps: readonly ComparisonStep[];
}

/** A comparison as read back. */
export interface StoredComparison {
  readonly manifest: ComparisonManifest;
  /** Runs by the folder names that the steps have. */
  readonly runs: ReadonlyMap<string, Run>;
}
