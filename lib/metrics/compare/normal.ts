/**
 * The standard normal distribution.
 *
 * @module
 */

/** Below this the tail is a continued fraction; the series would lose digits to cancellation. */
const TAIL = -3;
/** Terms of the fraction; at z = −3 it has settled to the last digit after about 60. */
const FRACTION_TERMS = 80;
/** Steps of Halley's method; each triples the correct digits, and the first guess has three. */
const HALLEY_STEPS = 4;

/** Density φ(z) = e^(−z²/2) / √(2π). */
function density(z: number): number {
  return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
}

/**
 * Probability Φ(z) that a standard normal value is at most z.
 *
 * Φ(z) = ½ + φ(z)·(z + z³/3 + z⁵/(3·5) + …), and φ(z)/(−z + 1/(−z + 2/(−z + …))) in the lower tail.
 *
 * @param z Any number; ±Infinity too.
 * @see https://www.jstatsoft.org/article/view/v011i04
 * @example
 * ```ts
 * import { normalCdf } from "./normal.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(normalCdf(0), 0.5);
 * assert.ok(Math.abs(normalCdf(-1.959963984540054) - 0.025) < 1e-15);
 * ```
 */
export function normalCdf(z: number): number {
  if (z > -TAIL) return 1 - normalCdf(-z);
  if (z === -Infinity) return 0;
  if (z < TAIL) {
    let fraction = -z;
    for (let k = FRACTION_TERMS; k >= 1; k--) fraction = -z + k / fraction;
    return density(z) / fraction;
  }
  let term = z;
  let sum = z;
  for (let odd = 3; Math.abs(term) > 1e-18; odd += 2) {
    term *= z * z / odd;
    sum += term;
  }
  return 0.5 + density(z) * sum;
}

/**
 * The value that a standard normal one is below with the given probability: the inverse of {@linkcode normalCdf}.
 *
 * A rational guess (Abramowitz & Stegun 26.2.23), then Halley's method.
 *
 * @param probability In [0, 1]; 0 and 1 give ∓Infinity.
 * @throws {RangeError} When it is outside.
 * @example
 * ```ts
 * import { normalQuantile } from "./normal.ts";
 * import assert from "node:assert/strict";
 *
 * assert.ok(Math.abs(normalQuantile(0.975) - 1.959963984540054) < 1e-14);
 * ```
 */
export function normalQuantile(probability: number): number {
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(
      `Cannot take normal quantile as 'probability' must be in [0, 1]: current value is ${probability}`,
    );
  }
  if (probability > 0.5) return -normalQuantile(1 - probability);
  if (probability === 0) return -Infinity;
  const t = Math.sqrt(-2 * Math.log(probability));
  const guess = (2.515517 + t * (0.802853 + t * 0.010328)) /
    (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  let z = guess - t;
  for (let step = 0; step < HALLEY_STEPS; step++) {
    const error = (normalCdf(z) - probability) / density(z);
    if (!Number.isFinite(error)) break;
    z -= error / (1 + z * error / 2);
  }
  return z;
}
