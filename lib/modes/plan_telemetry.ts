/**
 * Where a run's telemetry is read.
 *
 * @module
 */
import { engineMetrics } from "../engines/mod.ts";
import { UsageError } from "../errors.ts";
import { openTelemetry, suggestFamilies, type TelemetrySource } from "../telemetry/mod.ts";
import type { OpenEngine } from "./open_engine.ts";
import { serverRoot } from "./target.ts";

/** What a user wants to know of the server's own metrics. */
export interface TelemetryOptions {
  /** Whether anything is read. @default true */
  readonly telemetry?: boolean;
  /** A `/metrics` page or a Prometheus server. @default the engine's own page, where it has one */
  readonly prometheusUrl?: string;
  /** Families to record; a `*` at the end takes all that begin so. @default those of the engine's profile */
  readonly prometheusMetrics?: readonly string[];
  /** Time between two readings, in ms. @default 1000 */
  readonly telemetryIntervalMs?: number;
}

/** A source, and what is recorded of it. */
export interface TelemetryPlan {
  readonly source: TelemetrySource;
  readonly names: readonly string[];
  readonly defaults: readonly string[];
  readonly intervalMs: number;
  /** The engine's own counters of its prefix cache; `null` where it has none. */
  readonly cache: CacheCounters | null;
}

/** Counters of a prefix cache, in tokens. */
export interface CacheCounters {
  readonly queries: string;
  readonly hits: string;
  /** The engine's own page, where another source is recorded; absent where that is the recorded one. */
  readonly source?: TelemetrySource;
}

/**
 * Finds the source. Where the user names another than the engine's own page, that is read too, for the counters of its prefix
 * cache, at both ends of a cell.
 *
 * @returns `null` where there is none; when the engine's own page is not there, `onNote` hears of it.
 * @throws {UsageError} When a page is named that virtual time cannot be held against, or there is none to read names from.
 */
export async function planTelemetry(
  engine: OpenEngine,
  options: TelemetryOptions & { readonly onNote?: (note: string) => void },
): Promise<TelemetryPlan | null> {
  const { telemetry = true, prometheusUrl, prometheusMetrics: names = [], onNote } = options;
  const intervalMs = options.telemetryIntervalMs ?? 1000;
  if (!telemetry) return null;
  const { line: { clock }, profile } = engine;
  if (prometheusUrl !== undefined && clock.kind === "virtual") {
    throw new UsageError("Cannot use --prometheus-url with --virtual-time: what it says is of another time");
  }
  const own = await openOwnPage(engine);
  const wanted = prometheusUrl === undefined ? null : await openPage(prometheusUrl, engine);
  const source = wanted ?? own;
  if (source === null) {
    if (names.length === 0) return null;
    throw new UsageError(
      `Cannot record ${
        names.join(", ")
      } as ${profile.label} has no metrics: name a page or a Prometheus server with --prometheus-url`,
    );
  }
  if (wanted === null && source.problem !== null && names.length === 0) {
    const hint = profile.metrics?.hint === undefined ? "" : `; ${profile.metrics.hint}`;
    onNote?.(`no metrics at ${source.url}: ${source.problem}${hint}`);
    return null;
  }
  const counters = profile.metrics?.cache ?? null;
  const isOwn = source.url === own?.url;
  const canCount = counters !== null && own !== null && own.problem === null;
  return {
    ...{ source, names, intervalMs },
    defaults: isOwn ? profile.metrics?.families ?? [] : chooseDefaults(source),
    cache: canCount ? { ...counters, ...(isOwn ? {} : { source: own }) } : null,
  };
}

/** What is worth recording of a page or server that nobody named families of; all, where nothing of it is known. */
function chooseDefaults({ families }: TelemetrySource): readonly string[] {
  const known = suggestFamilies(families, engineMetrics).flatMap((suggestion) => suggestion.families);
  return known.length === 0 ? ["*"] : known;
}

async function openOwnPage(engine: OpenEngine): Promise<TelemetrySource | null> {
  const { line: { target }, profile: { metrics } } = engine;
  return metrics === null ? null : await openPage(serverRoot(target.baseUrl) + metrics.path, engine);
}

/** @throws {UsageError} When the URL is none. */
async function openPage(
  url: string,
  { line: { transport, clock, target } }: OpenEngine,
): Promise<TelemetrySource> {
  // Another server gets no key.
  const isEngine = URL.canParse(url) && new URL(url).origin === new URL(target.baseUrl).origin;
  const headers = isEngine ? target.headers : {};
  return await clock.settle(openTelemetry(url, { transport, clock, headers }));
}
