/**
 * Student's t distribution, with any number of degrees of freedom above 0.
 *
 * @module
 */

/** Terms of the continued fraction; it stops earlier when a term changes nothing. */
const MOST_TERMS = 500;
/** Halvings of the interval that holds a quantile: as many as a double has digits, and some. */
const HALVINGS = 200;

/**
 * Probability that a t-distributed value is at most −t: one tail.
 *
 * P(T ≤ −t) = ½·I(df/2, ½) at df/(df + t²), with I the regularised incomplete beta function.
 *
 * @param t At least 0; Infinity gives 0.
 * @param df Degrees of freedom above 0; need not be whole.
 * @throws {RangeError} When one of them is outside its domain.
 * @see https://dlmf.nist.gov/8.17
 * @example
 * ```ts
 * import { studentTail } from "./student_t.ts";
 * import assert from "node:assert/strict";
 *
 * // With 1 degree of freedom, ½ − arctan(t)/π
 * assert.ok(Math.abs(studentTail(1, 1) - 0.25) < 1e-14);
 * ```
 */
export function studentTail(t: number, df: number): number {
  checkDf(df);
  if (!(t >= 0)) throw new RangeError(`Cannot take tail as 't' must be at least 0: current value is ${t}`);
  if (t === Infinity) return 0;
  if (t * t < 1e-300) return 0.5;
  const x = df / (df + t * t);
  // 1 − x without the digits that a subtraction would lose.
  const rest = t * t / (df + t * t);
  return 0.5 * incompleteBeta({ a: df / 2, b: 0.5, x, rest });
}

/**
 * The t that a t-distributed value exceeds with the given probability.
 *
 * @param tail In (0, ½].
 * @param df Degrees of freedom above 0.
 * @throws {RangeError} When one of them is outside its domain.
 * @example
 * ```ts
 * import { studentQuantile } from "./student_t.ts";
 * import assert from "node:assert/strict";
 *
 * assert.ok(Math.abs(studentQuantile(0.025, 2) - 4.302652729749464) < 1e-12);
 * ```
 */
export function studentQuantile(tail: number, df: number): number {
  checkDf(df);
  if (!(tail > 0 && tail <= 0.5)) {
    throw new RangeError(`Cannot take t quantile as 'tail' must be in (0, ½]: current value is ${tail}`);
  }
  let low = 0;
  let high = 1;
  while (studentTail(high, df) > tail && high < 1e300) high *= 2;
  for (let i = 0; i < HALVINGS && high - low > Number.EPSILON * high; i++) {
    const middle = (low + high) / 2;
    if (studentTail(middle, df) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function checkDf(df: number): void {
  if (!(df > 0)) {
    throw new RangeError(`Cannot use t distribution as 'df' must be above 0: current value is ${df}`);
  }
}

interface BetaArguments {
  readonly a: number;
  readonly b: number;
  readonly x: number;
  /** 1 − x. */
  readonly rest: number;
}

/** Regularised incomplete beta function I_x(a, b), DLMF 8.17.22, by Lentz's method. */
function incompleteBeta({ a, b, x, rest }: BetaArguments): number {
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta({ a: b, b: a, x: rest, rest: x });
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(rest));
  let c = 1;
  let d = 1 / (1 - (a + b) * x / (a + 1));
  let value = d;
  for (let m = 1; m <= MOST_TERMS; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    const before = value;
    for (const term of [even, odd]) {
      d = 1 / (1 + term * d);
      c = 1 + term / c;
      value *= c * d;
    }
    if (Math.abs(value - before) <= Number.EPSILON * Math.abs(value)) break;
  }
  return front * value / a;
}

/** From here on the series of {@linkcode logGamma} is good to the last digits. */
const STIRLING_FROM = 15;

/** ln Γ(x) of x > 0: Stirling's series, after Γ(x + 1) = x·Γ(x) has brought x high enough. */
function logGamma(x: number): number {
  let shift = 0;
  while (x < STIRLING_FROM) shift += Math.log(x++);
  const inverse = 1 / (x * x);
  const series =
    (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) / x;
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series - shift;
}
