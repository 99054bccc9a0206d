/**
 * What is read of an engine around a cell: how late it was, what its cache had, what its own metrics say.
 *
 * @module
 */
import { cacheCounts } from "../metrics/telemetry.ts";
import { makeRecorder, type TelemetryRecorder } from "../telemetry/mod.ts";
import type { CacheCounts, Cell, RunManifest, TelemetryLine } from "../types.ts";
import type { Line } from "./connect.ts";
import type { TelemetryPlan } from "./plan_telemetry.ts";
import type { SimulatorReports } from "./simulator_reports.ts";

/** What watching needs. */
export interface CellWatchOptions {
  readonly line: Line;
  readonly reports?: SimulatorReports;
  readonly telemetry?: TelemetryPlan | null;
  /** The wall clock and the run's clock, read together. */
  readonly anchor: RunManifest["clockAnchors"][number];
  /** Receives every line of telemetry. */
  readonly onLine: (line: TelemetryLine) => void;
  readonly onNote?: (note: string) => void;
}

/** What a cell's manifest says of the engine. */
export type CellFacts = Pick<Cell, "engineLag" | "engineCache">;

/** Between two readings of what is read at both ends of a cell only. */
const NEVER_MS = 1e12;

/** Watches cells, one after the other, of one engine. */
export class CellWatch {
  readonly #options: CellWatchOptions;
  /** What is recorded, and the engine's counters where they are read besides. */
  readonly #recorders: readonly TelemetryRecorder[];
  /** Of the source that has the counters. */
  readonly #lines: TelemetryLine[] = [];
  #cacheBefore: CacheCounts | undefined;

  constructor(options: CellWatchOptions) {
    const { line: { clock }, telemetry, anchor, onLine, onNote } = options;
    this.#options = options;
    if (!telemetry) {
      this.#recorders = [];
      return;
    }
    const { source, names, defaults, intervalMs, cache } = telemetry;
    const counters = cache === null ? [] : [cache.queries, cache.hits];
    const keep = (line: TelemetryLine) => this.#lines.push(line);
    this.#recorders = [
      makeRecorder(source, {
        ...{ clock, names, defaults, intervalMs, anchor, onNote },
        always: cache?.source === undefined ? counters : [],
        onLine(line) {
          if (cache?.source === undefined) keep(line);
          onLine(line);
        },
      }),
      ...(cache?.source === undefined ? [] : [
        makeRecorder(cache.source, {
          clock,
          names: [],
          always: counters,
          intervalMs: NEVER_MS,
          anchor,
          onLine: keep,
        }),
      ]),
    ];
  }

  /** Reads what comes before a cell. */
  async begin(cell: number): Promise<void> {
    const { line, reports } = this.#options;
    await reports?.takeLag?.(); // what came before the cell is not its lag
    this.#cacheBefore = await reports?.readCache();
    for (const recorder of this.#recorders) await line.clock.settle(recorder.start(cell));
  }

  /** To be called when the load begins: readings follow from its zero. */
  follow(startMs: number): void {
    for (const recorder of this.#recorders) recorder.follow(startMs);
  }

  /** To be called at the very event that ends the load: virtual time would go on otherwise. */
  stop(): void {
    for (const recorder of this.#recorders) void recorder.stop();
  }

  /** Reads what comes after the cell. */
  async end(): Promise<CellFacts> {
    const { line, reports } = this.#options;
    for (const recorder of this.#recorders) await line.clock.settle(recorder.stop());
    const engineLag = await reports?.takeLag?.();
    const engineCache = countBetween(this.#cacheBefore, await reports?.readCache());
    return {
      ...(engineLag === undefined ? {} : { engineLag }),
      ...(engineCache === undefined ? {} : { engineCache }),
    };
  }

  /**
   * What the engine's own counters say of a cell's prompts. To be asked when all cells have ended: some engines have a counter
   * only from its first count on, and its name tells of cells without any that they had none.
   */
  metricsOf(cell: number): Pick<Cell, "metricsCache"> {
    const { cache } = this.#options.telemetry ?? { cache: null };
    const metricsCache = cache === null ? undefined : cacheCounts(this.#lines, { cell, ...cache });
    return metricsCache === undefined ? {} : { metricsCache };
  }
}

function countBetween(
  before: CacheCounts | undefined,
  after: CacheCounts | undefined,
): CacheCounts | undefined {
  if (before === undefined || after === undefined) return undefined;
  return {
    promptTokens: after.promptTokens - before.promptTokens,
    cachedTokens: after.cachedTokens - before.cachedTokens,
  };
}
