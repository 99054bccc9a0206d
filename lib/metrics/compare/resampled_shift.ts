/**
 * Cliff's delta of any resample of the requests, without sorting again.
 *
 * @module
 */
import type { Column } from "./align.ts";

/** The values of A and B in one order. */
export interface PreparedShift {
  /** Places of the requests by value; those of B are −1 − place. */
  readonly order: Int32Array;
  /** 1 where the next value is another one. */
  readonly isLastOfEqual: Uint8Array;
}

/** Puts the values of both into one order. */
export function prepareShift({ a, b }: { readonly a: Column; readonly b: Column }): PreparedShift {
  const valueOf = (code: number) => (code < 0 ? b.values[-1 - code] : a.values[code]) ?? NaN;
  const codes = [...a.values.keys(), ...Array.from(b.values.keys(), (place) => -1 - place)]
    .filter((code) => !Number.isNaN(valueOf(code)));
  const order = Int32Array.from(codes).sort((x, y) => valueOf(x) - valueOf(y));
  const isLastOfEqual = Uint8Array.from(
    order,
    (code, i) => i === order.length - 1 || valueOf(order[i + 1] ?? 0) !== valueOf(code) ? 1 : 0,
  );
  return { order, isLastOfEqual };
}

/**
 * P(b > a) − P(b < a) over all pairs of values, each as often as its request was drawn; NaN where one side has none.
 *
 * Over groups of equal values, Σ b·(2·(a below) + a in the group)/(all a · all b) − 1.
 */
export function resampledShift({ order, isLastOfEqual }: PreparedShift, counts: Int32Array): number {
  let below = 0;
  let allB = 0;
  let equalA = 0;
  let equalB = 0;
  let sum = 0;
  for (let i = 0; i < order.length; i++) {
    const code = order[i] ?? 0;
    if (code < 0) equalB += counts[-1 - code] ?? 0;
    else equalA += counts[code] ?? 0;
    if (isLastOfEqual[i] === 0) continue;
    sum += equalB * (2 * below + equalA);
    below += equalA;
    allB += equalB;
    equalA = 0;
    equalB = 0;
  }
  return sum / (below * allB) - 1;
}
