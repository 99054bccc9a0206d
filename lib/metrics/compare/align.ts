/**
 * The same requests side by side: A and B, repeat by repeat.
 *
 * @module
 */
import type { RequestPoint } from "../digest.ts";
import type { ComparedMetric, ComparedRequest } from "./compared_metrics.ts";

/** One engine in one cell: one list of requests per repeat. */
export interface ComparedCell {
  readonly label: string;
  readonly repeats: readonly (readonly ComparedRequest[])[];
}

/** The cells of one engine; those of the other have the same labels in the same order. */
export type CellSet = readonly ComparedCell[];

/** What a point of a digest does not say. */
export interface PointDetails {
  /** Whether the request kept every limit. @default nobody knows */
  readonly isGood?: (point: RequestPoint) => boolean;
  /** Whether all instants count from one zero; where not, nothing is known per second. @default {true} */
  readonly hasOneClock?: boolean;
  /** Mean gap between tics. @default not measured */
  readonly itlMs?: (point: RequestPoint) => number | null;
}

/** Makes the requests of a comparison from those of a digest. */
export function comparedRequests(
  points: Iterable<RequestPoint>,
  { isGood, itlMs, hasOneClock = true }: PointDetails = {},
): ComparedRequest[] {
  return Array.from(points, (point) => {
    const { id, sentMs, ttftMs, tpotMs, e2eMs } = point;
    const succeeded = point.outcome === "ok";
    const hasToken = succeeded && ttftMs !== undefined;
    return {
      ...{ id, sentMs },
      lastMs: succeeded && hasOneClock ? point.lastMs : null,
      outputTokens: succeeded ? point.outputTokens : 0,
      ttftMs: ttftMs ?? null,
      tpotMs: tpotMs ?? null,
      itlMs: hasToken ? itlMs?.(point) ?? null : null,
      e2eMs: e2eMs ?? null,
      isGood: isGood === undefined ? null : succeeded && isGood(point),
    };
  });
}

/** A metric of every request, one number per place. */
export interface Column {
  readonly metric: ComparedMetric;
  /** A latency, or the amount of a rate; NaN where it is not defined. */
  readonly values: Float64Array;
  /** What a rate is over: 1 per request, or the run's duration in s in the first place. Of a latency 1 where it is defined, else 0. */
  readonly base: Float64Array;
}

/** One engine in one repeat. */
export type Side = readonly Column[];

/** A cell of both engines, in one order of requests. */
export interface AlignedCell {
  readonly label: string;
  readonly requests: number;
  /** Per repeat. */
  readonly a: readonly Side[];
  readonly b: readonly Side[];
}

/**
 * Puts the requests of both engines in one order: that of sending in the first repeat that sent them. A request that one of
 * them lacks has no latency there.
 *
 * @throws {RangeError} When cells or repeats of A and B do not match, or an id comes twice in one repeat.
 */
export function alignCells(
  { a, b }: { readonly a: CellSet; readonly b: CellSet },
  metrics: readonly ComparedMetric[],
): AlignedCell[] {
  if (a.length === 0 || a.length !== b.length) {
    throw new RangeError(
      `Cannot compare as A and B must have the same cells, at least one: A has ${a.length} and B has ${b.length}`,
    );
  }
  const repeats = a[0]?.repeats.length ?? 0;
  return a.map((left, index) => {
    const right = b[index];
    if (right?.label !== left.label) {
      throw new RangeError(
        `Cannot compare as A and B must have the same cells: A has "${left.label}" where B has "${right?.label}"`,
      );
    }
    for (const [name, { repeats: { length } }] of Object.entries({ A: left, B: right })) {
      if (length === repeats && repeats > 0) continue;
      throw new RangeError(
        `Cannot compare as every cell of A and B must have as many repeats, at least one: ` +
          `"${left.label}" has ${length} in ${name} and the first cell has ${repeats} in A`,
      );
    }
    const places = orderRequests([...left.repeats, ...right.repeats], left.label);
    const sides = (cell: ComparedCell) =>
      cell.repeats.map((requests) => makeSide(requests, { places, metrics }));
    return { label: left.label, requests: places.size, a: sides(left), b: sides(right) };
  });
}

/** Place of each id. */
function orderRequests(runs: readonly (readonly ComparedRequest[])[], label: string): Map<number, number> {
  const sentMs = new Map<number, number>();
  for (const run of runs) {
    const ids = new Set<number>();
    for (const request of run) {
      if (ids.has(request.id)) {
        throw new RangeError(
          `Cannot compare "${label}" as an id must be one request: ${request.id} comes twice in one repeat`,
        );
      }
      ids.add(request.id);
      if (!sentMs.has(request.id)) sentMs.set(request.id, request.sentMs);
    }
  }
  const ids = [...sentMs].sort(([x, xMs], [y, yMs]) => xMs - yMs || x - y);
  return new Map(ids.map(([id], place) => [id, place]));
}

function makeSide(
  requests: readonly ComparedRequest[],
  { places, metrics }: {
    readonly places: ReadonlyMap<number, number>;
    readonly metrics: readonly ComparedMetric[];
  },
): Side {
  const ordered = new Array<ComparedRequest | undefined>(places.size).fill(undefined);
  for (const request of requests) ordered[places.get(request.id) ?? 0] = request;
  const durationS = durationOf(requests);
  return metrics.map((metric) => {
    if (metric.kind === "latency") {
      const values = Float64Array.from(ordered, (one) => one === undefined ? NaN : metric.of(one) ?? NaN);
      return { metric, values, base: values.map((value) => Number.isNaN(value) ? 0 : 1) };
    }
    // A request that was never sent brought nothing; where nobody judges requests, none has an amount.
    const isKnown = requests.some((one) => metric.amount(one) !== null);
    const none = isKnown ? 0 : NaN;
    const values = Float64Array.from(ordered, (one) => one === undefined ? none : metric.amount(one) ?? none);
    const base = new Float64Array(places.size).fill(metric.over === "time" ? 0 : 1);
    if (metric.over === "time") base[0] = durationS;
    return { metric, values, base };
  });
}

/** From the first request sent to the last token, in s; 0 without a token. */
function durationOf(requests: readonly ComparedRequest[]): number {
  const firstMs = requests.reduce((least, { sentMs }) => Math.min(least, sentMs), Infinity);
  const lastMs = requests.reduce((most, one) => Math.max(most, one.lastMs ?? -Infinity), -Infinity);
  return lastMs > firstMs ? (lastMs - firstMs) / 1000 : 0;
}
