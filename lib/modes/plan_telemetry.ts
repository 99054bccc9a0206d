/**
 * Where a run's telemetry is read.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { openTelemetry, type TelemetrySource } from "../telemetry/mod.ts";
import type { OpenEngine } from "./open_engine.ts";

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
  /** Counters of the prefix cache, where this is the engine's own page. */
  readonly cache: { readonly queries: string; readonly hits: string } | null;
}

/**
 * Finds the source.
 *
 * @returns `null` where there is none; when the engine's own page is not there, `onNote` hears of it.
 * @throws {UsageError} When a page is named that virtual time cannot be held against.
 */
export async function planTelemetry(
  { line, profile }: OpenEngine,
  options: TelemetryOptions & { readonly onNote?: (note: string) => void },
): Promise<TelemetryPlan | null> {
  const { telemetry = true, prometheusUrl, prometheusMetrics: names = [], onNote } = options;
  const intervalMs = options.telemetryIntervalMs ?? 1000;
  if (!telemetry) return null;
  const { transport, clock, target } = line;
  const own = profile.metrics;
  const origin = new URL(target.baseUrl).origin;
  const url = prometheusUrl ?? (own === null ? undefined : origin + own.path);
  if (url === undefined) {
    if (names.length === 0) return null;
    throw new UsageError(
      `Cannot record ${
        names.join(", ")
      } as ${profile.label} has no metrics: name a page or a Prometheus server with --prometheus-url`,
    );
  }
  if (prometheusUrl !== undefined && clock.kind === "virtual") {
    throw new UsageError("Cannot use --prometheus-url with --virtual-time: what it says is of another time");
  }
  const isOwn = own !== null && URL.canParse(url) && new URL(url).href === origin + own.path;
  // Another server gets no key.
  const headers = URL.canParse(url) && new URL(url).origin === origin ? target.headers : {};
  const source = await clock.settle(openTelemetry(url, { transport, clock, headers }));
  if (source.problem !== null && prometheusUrl === undefined && names.length === 0) {
    onNote?.(
      `no metrics at ${source.url}: ${source.problem}${own?.hint === undefined ? "" : `; ${own.hint}`}`,
    );
    return null;
  }
  return {
    ...{ source, names, intervalMs },
    defaults: own?.families ?? ["*"],
    cache: isOwn ? own.cache : null,
  };
}
