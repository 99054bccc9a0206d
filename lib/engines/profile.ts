/**
 * What is known about an engine, as data. To add one: write its file, add it to the list in `mod.ts`.
 *
 * @module
 */
import type { WireQuirks } from "../client/protocols/protocol.ts";

/** An engine as the client must know it. */
export interface EngineProfile {
  /** As in `--engine`. */
  readonly name: string;
  /** For people. */
  readonly label: string;
  /** Values of `owned_by` in `/v1/models` by which a running server is recognised. */
  readonly ownedBy: readonly string[];
  /** Whether no GPU computes what it answers, so that its times are those of a model. */
  readonly simulated: boolean;
  readonly quirks: WireQuirks;
  /** How its prefix cache is emptied; `null` where it cannot be. */
  readonly cacheReset: CacheResetRoute | null;
  /** Its `/metrics` page; `null` where it has none. */
  readonly metrics: MetricsPage | null;
  /** Longest answer where a request does not say, in tokens; `null` where that is the context. */
  readonly defaultAnswerTokens: number | null;
  /** Tokens per page of its prefix cache, unless it was started with others. */
  readonly cachePageTokens: number;
}

/** The route that empties a prefix cache, by POST. */
export interface CacheResetRoute {
  /** From the server's root: "/flush_cache". */
  readonly path: string;
  /** What a refusal means and what to do, by status. */
  readonly refusals: Readonly<Record<number, string>>;
}

/** What an engine's `/metrics` says that is worth keeping. */
export interface MetricsPage {
  /** From the server's root. */
  readonly path: string;
  /** How the engine is made to have it, where it does not by itself. */
  readonly hint?: string;
  /** Families that are recorded where nobody names others; a `*` at the end takes all that begin so. */
  readonly families: readonly string[];
  /** Counters, in tokens: what the prefix cache was asked for and what it had; `null` where there are none. */
  readonly cache: { readonly queries: string; readonly hits: string } | null;
}
