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
  /** Where it tells its version; `null` where it does not. */
  readonly about: AboutPage | null;
  /** How it is started; `null` where only a running one can be named. */
  readonly launch: EngineLaunch | null;
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

/** Where a server tells about itself, by GET. */
export interface AboutPage {
  /** From the server's root, tried in this order: newer versions may have moved it. */
  readonly paths: readonly string[];
  /** Key of its version in the JSON object that comes back. */
  readonly versionKey: string;
  /** Keys worth recording. All others are left out: such a page may hold keys and tokens that were flags. */
  readonly detailKeys: readonly string[];
}

/** How an engine comes to be: by a command, within this program, or it is running already. */
export type EngineLaunch =
  | CommandLaunch
  | { readonly kind: "embedded"; /** As in `--sim-engine`. */ readonly simEngine: string }
  | { readonly kind: "running"; readonly baseUrl: string };

/**
 * An engine that is a command. In its words, and in the values of its variables, `{model}`, `{host}`, `{port}` and `{tp}`
 * stand for what is asked for.
 */
export interface CommandLaunch {
  readonly kind: "command";
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Variables added to this program's own. */
  readonly env: Readonly<Record<string, string>>;
  readonly defaultPort: number;
  /** From the server's root; answers with success when the model is loaded, or at least not before the server listens. */
  readonly healthPath: string;
  /** Longest wait until it is ready, in ms: weights may have to be downloaded, kernels to be compiled. */
  readonly readyTimeoutMs: number;
  /** Model where none is named; `null` where one must be. */
  readonly model: string | null;
  /** GPUs that share the model, where nobody says. */
  readonly tp: number;
  readonly presets: readonly LaunchPreset[];
}

/** Settings under a name, on top of the command. What is absent stays as the command has it. */
export interface LaunchPreset {
  readonly name: string;
  /** For people. */
  readonly description: string;
  /** Arguments behind the command's own. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly model?: string;
  readonly port?: number;
  readonly tp?: number;
}

/** What an engine needs to load a large model from a slow disk: 20 minutes. */
export const DEFAULT_READY_TIMEOUT_MS = 20 * 60 * 1000;
