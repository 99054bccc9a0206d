/**
 * Recording what a server says of itself while cells run.
 *
 * @module
 */
import type { Clock, TelemetryFamily, TelemetryLine } from "../types.ts";
import type { ExpositionSample } from "./exposition.ts";
import { sampleNamesOf } from "./families.ts";
import { describeMissing, selectFamilies } from "./names.ts";
import type { PageReading, PageSource } from "./page.ts";
import { divideRange, type PrometheusSource, type WallSeries } from "./prometheus.ts";
import type { TelemetrySource } from "./source.ts";

/** What recording needs. */
export interface RecorderOptions {
  readonly clock: Clock;
  /** Families that the user wants; see `selectFamilies`. One that is not there is noted, once. */
  readonly names: readonly string[];
  /** Families that are taken where the user names none; those that are not there are passed over. @default {[]} */
  readonly defaults?: readonly string[];
  /** Families that are taken beside either of them, without a word where they are not there. @default {[]} */
  readonly always?: readonly string[];
  /** Between two readings, in ms; > 0. */
  readonly intervalMs: number;
  /** The wall clock and the run's clock, read together: a Prometheus server knows only the former. */
  readonly anchor: { readonly wallMs: number; readonly monotonicMs: number };
  /** Receives every line of `telemetry.jsonl`, in order. */
  readonly onLine: (line: TelemetryLine) => void;
  /** Things a user should know, one sentence each. */
  readonly onNote?: (note: string) => void;
}

/**
 * A recording that goes over all cells of a run. For each cell:
 *
 * ```ts ignore
 * await clock.settle(recorder.start(cell));
 * // in the load: recorder.follow(startMs) as it starts, recorder.stop() as its last request ends
 * await clock.settle(recorder.stop());
 * ```
 *
 * Virtual time goes on for some events after what is waited for has come, and timed readings would go on with it: that is
 * why they begin and end with calls from within the load.
 */
export interface TelemetryRecorder {
  /**
   * Begins with a cell, and reads once: what counters are compared with. To be waited for before the load.
   */
  readonly start: (cell: number) => Promise<void>;
  /**
   * Reads at `zeroMs` + k · interval, k from 1, until `stop`.
   *
   * @param zeroMs On the run's clock; the start of the load.
   */
  readonly follow: (zeroMs: number) => void;
  /**
   * Ends the cell with one more reading. It is asked for at once; the promise waits for its answer. Every further call gives
   * the same promise.
   */
  readonly stop: () => Promise<void>;
}

/**
 * Makes a recorder.
 *
 * A page is read before a load, then every interval, and at its end; a sample has the instant when the answer was there. While one reading is under way the next is left out, so that a slow server is not asked more. A
 * Prometheus server is asked once per family at the end of a cell, for the cell's time in steps of the interval; what it
 * says is as old as its own last reading.
 *
 * The first line is the source, and it comes again, with all families so far, when a family turns up that was not there
 * before: some engines have a counter only from its first count on. When the source cannot be read there is a gap line,
 * one per outage and cell, and one note per run; recording goes on. Values that are no finite number are left out.
 *
 * @throws {RangeError} When the interval is not above 0.
 */
export function makeRecorder(source: TelemetrySource, options: RecorderOptions): TelemetryRecorder {
  const { intervalMs } = options;
  if (!(intervalMs > 0 && intervalMs < Infinity)) {
    throw new RangeError(`Cannot read metrics as 'intervalMs' must be > 0: current value is ${intervalMs}`);
  }
  const log = makeLog(source, options);
  return source.kind === "page"
    ? recordPage(source, { ...options, log })
    : recordServer(source, { ...options, log });
}

/** Lines on their way out, and what was said already. */
interface Log {
  /** Chooses from what is there, and writes the source's line when it says something new. */
  readonly choose: (families: readonly TelemetryFamily[]) => readonly TelemetryFamily[];
  readonly sample: (line: { cell: number; atMs: number; values: Readonly<Record<string, number>> }) => void;
  readonly gap: (line: { cell: number; atMs: number; message: string }) => void;
  /** A cell begins: its first gap is to be written even in the middle of an outage. */
  readonly newCell: () => void;
}

function makeLog(
  source: TelemetrySource,
  { names, defaults = [], always = [], intervalMs, onLine, onNote }: RecorderOptions,
): Log {
  const known = new Map<string, TelemetryFamily>();
  let hasSource = false;
  let hasChosen = false;
  let hasNotedGap = false;
  let isDown = false;
  const writeSource = () => {
    hasSource = true;
    onLine({ kind: "source", url: source.url, via: source.kind, intervalMs, families: [...known.values()] });
  };
  return {
    choose(families) {
      const selection = selectFamilies(families, [...(names.length > 0 ? names : defaults), ...always]);
      if (!hasChosen && names.length > 0) {
        for (const name of selection.missing) {
          if (names.includes(name)) onNote?.(describeMissing(name, families));
        }
      }
      hasChosen = true;
      const isNew = selection.families.some(({ name }) => !known.has(name));
      for (const family of selection.families) known.set(family.name, family);
      if (isNew || !hasSource) writeSource();
      return selection.families;
    },
    sample({ cell, atMs, values }) {
      isDown = false;
      onLine({ kind: "sample", cell, atMs, values });
    },
    gap({ cell, atMs, message }) {
      if (!hasSource) writeSource();
      if (!isDown) onLine({ kind: "gap", cell, atMs, message });
      isDown = true;
      if (hasNotedGap) return;
      hasNotedGap = true;
      onNote?.(`Cannot read metrics from ${source.url}: ${message}; the gap is marked, the run goes on`);
    },
    newCell() {
      isDown = false;
    },
  };
}

type Context = RecorderOptions & { readonly log: Log };

function recordPage(source: PageSource, { clock, intervalMs, log }: Context): TelemetryRecorder {
  let cell = 0;
  let stopTimer = () => {};
  let cancelReading: (() => void) | null = null;
  let stopped: Promise<void> | null = null;

  const keep = (reading: PageReading) => {
    const atMs = roundMs(reading.atMs);
    if (reading.kind === "failed") log.gap({ cell, atMs, message: reading.message });
    else log.sample({ cell, atMs, values: pickValues(reading.samples, log.choose(reading.families)) });
  };
  const readNow = (onDone: () => void = () => {}) => {
    let isDone = false;
    const cancel = source.read((reading) => {
      isDone = true;
      cancelReading = null;
      keep(reading);
      onDone();
    });
    if (!isDone) cancelReading = cancel;
  };
  /** Instants that have passed meanwhile are left out. */
  const readLater = (zeroMs: number, lastK: number) => {
    const k = Math.max(lastK, Math.floor((clock.now() - zeroMs) / intervalMs)) + 1;
    stopTimer = clock.at(zeroMs + k * intervalMs, () => {
      if (cancelReading === null) readNow();
      readLater(zeroMs, k);
    });
  };
  return {
    start(index) {
      cell = index;
      stopped = null;
      log.newCell();
      return new Promise((resolve) => readNow(resolve));
    },
    follow(zeroMs) {
      stopTimer();
      readLater(zeroMs, 0);
    },
    stop() {
      if (stopped !== null) return stopped;
      stopTimer();
      cancelReading?.();
      cancelReading = null;
      return stopped = new Promise((resolve) => readNow(resolve));
    },
  };
}

/** The values of the chosen families by series. */
function pickValues(
  samples: readonly ExpositionSample[],
  families: readonly TelemetryFamily[],
): Record<string, number> {
  const names = new Set(families.flatMap(sampleNamesOf));
  const values: Record<string, number> = {};
  for (const { series, name, value } of samples) {
    if (names.has(name) && Number.isFinite(value)) values[series] = value;
  }
  return values;
}

/** A Prometheus server that does not answer must not hold up the next cell. */
const LONGEST_ASKING_MS = 8000;

function recordServer(
  source: PrometheusSource,
  { clock, intervalMs, anchor, log }: Context,
): TelemetryRecorder {
  const toWallMs = (atMs: number) => anchor.wallMs + (atMs - anchor.monotonicMs);
  const toRunMs = (wallMs: number) => roundMs(anchor.monotonicMs + (wallMs - anchor.wallMs));
  let cell = 0;
  let startMs = 0;
  let stopped: Promise<void> | null = null;
  const readCell = async () => {
    const families = log.choose(source.families);
    const endMs = clock.now();
    if (source.problem !== null) log.gap({ cell, atMs: roundMs(startMs), message: source.problem });
    const range = divideRange({ startMs: toWallMs(startMs), endMs: toWallMs(endMs) }, intervalMs);
    const found: WallSeries[] = [];
    for (const family of families) {
      if (clock.now() - endMs > LONGEST_ASKING_MS) {
        log.gap({
          cell,
          atMs: roundMs(startMs),
          message: `given up before ${family.name}: answers take too long`,
        });
        break;
      }
      const reading = await source.readRange(family, range);
      if (reading.kind === "series") found.push(...reading.series);
      else log.gap({ cell, atMs: roundMs(startMs), message: `${family.name}: ${reading.message}` });
    }
    for (const { atMs, values } of joinSeries(found, toRunMs)) log.sample({ cell, atMs, values });
  };
  return {
    start(index) {
      cell = index;
      startMs = clock.now();
      stopped = null;
      log.newCell();
      return Promise.resolve();
    },
    follow(zeroMs) {
      startMs = zeroMs;
    },
    stop: () => stopped ??= readCell(),
  };
}

/** What several series say, by instant, in order. */
function joinSeries(all: readonly WallSeries[], toRunMs: (wallMs: number) => number) {
  const byInstant = new Map<number, Record<string, number>>();
  for (const { series, values } of all) {
    for (const { wallMs, value } of values) {
      const atMs = toRunMs(wallMs);
      const there = byInstant.get(atMs) ?? {};
      there[series] = value;
      byInstant.set(atMs, there);
    }
  }
  return [...byInstant].sort(([a], [b]) => a - b).map(([atMs, values]) => ({ atMs, values }));
}

/** To whole µs, as all instants of an artifact. */
function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
