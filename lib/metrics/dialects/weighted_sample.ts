/**
 * Values that count more than once, such as a request's mean gap, once for each of its tokens.
 *
 * @module
 */
import { NumberList } from "../number_list.ts";

/** Values with weights, 16 bytes each. */
export class WeightedSample {
  readonly #values = new NumberList();
  readonly #weights = new NumberList();

  /**
   * Adds a value.
   *
   * @param weight ≥ 0; a value of weight 0 is left out.
   */
  add(value: number, weight = 1): void {
    if (weight <= 0) return;
    this.#values.push(value);
    this.#weights.push(weight);
  }

  /**
   * Σ weight·value / Σ weight, and the smallest values at which the share of the weight up to and with them reaches a
   * quantile: no interpolation.
   *
   * @param quantiles Shares in (0, 1].
   * @returns `null` when there are no values.
   * @example
   * ```ts
   * import { WeightedSample } from "./weighted_sample.ts";
   * import assert from "node:assert/strict";
   *
   * const sample = new WeightedSample();
   * sample.add(10, 3);
   * sample.add(40, 1);
   * assert.deepEqual(sample.describe([0.75, 0.76]), { mean: 17.5, quantiles: [10, 40] });
   * ```
   */
  describe(
    quantiles: readonly number[],
  ): { readonly mean: number; readonly quantiles: readonly number[] } | null {
    const values = this.#values.toArray();
    const order = Uint32Array.from(values, (_, place) => place);
    order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
    let total = 0;
    let sum = 0;
    for (const place of order) {
      total += this.#weights.get(place);
      sum += this.#weights.get(place) * this.#values.get(place);
    }
    if (total === 0) return null;
    return { mean: sum / total, quantiles: quantiles.map((q) => this.#quantile(order, q * total)) };
  }

  #quantile(order: Uint32Array, weight: number): number {
    let below = 0;
    for (const place of order) {
      below += this.#weights.get(place);
      if (below >= weight) return this.#values.get(place);
    }
    return this.#values.get(order.at(-1) ?? 0);
  }
}
