/**
 * What happens in each second of wall time: the peaks that vLLM and SGLang print.
 *
 * @module
 */
import { timeBetween } from "../metric.ts";
import { NumberList } from "../number_list.ts";

/** Under which both tools print the most instants. */
export const PEAK_TOKENS = "Peak output token throughput (tok/s)";

/** Counts per second from an instant on, 8 bytes each. */
export class PerSecond {
  readonly #zeroMs: number;
  readonly #instants = new NumberList();
  /** What a second has more of than the one before. */
  readonly #spanChanges = new NumberList();

  /** @param zeroMs Where the first second begins; what is earlier is left out. */
  constructor(zeroMs: number) {
    this.#zeroMs = zeroMs;
  }

  /**
   * Counts instants.
   *
   * @param instantsMs Whole µs, ascending.
   * @example
   * ```ts
   * import { PerSecond } from "./per_second.ts";
   * import assert from "node:assert/strict";
   *
   * const perSecond = new PerSecond(500);
   * perSecond.addInstants([600, 1499.999, 1500, 1700, 2400]); // two in the first second, three in the next
   * assert.equal(perSecond.mostInstants, 3);
   * ```
   */
  addInstants(instantsMs: readonly number[]): void {
    let [second, untilMs, count] = [-1, -Infinity, 0];
    const keep = () => {
      if (second >= 0) this.#instants.add(second, count);
    };
    for (const atMs of instantsMs) {
      if (atMs >= untilMs) {
        keep();
        [second, count] = [this.#secondOf(atMs), 0];
        untilMs = timeBetween(0, this.#zeroMs + (second + 1) * 1000);
      }
      count++;
    }
    keep();
  }

  /** Counts something in every second that it touches, those of both ends included. */
  addSpan(fromMs: number, toMs: number): void {
    const [first, last] = [Math.max(0, this.#secondOf(fromMs)), this.#secondOf(toMs)];
    if (last < first) return;
    this.#spanChanges.add(first, 1);
    this.#spanChanges.add(last + 1, -1);
  }

  /** Most instants in a second. */
  get mostInstants(): number {
    return this.#instants.toArray().reduce((most, count) => Math.max(most, count), 0);
  }

  /** Most spans that touch the same second. */
  get mostSpans(): number {
    let [most, now] = [0, 0];
    for (const change of this.#spanChanges.toArray()) most = Math.max(most, now += change);
    return most;
  }

  #secondOf(atMs: number): number {
    return Math.floor(timeBetween(this.#zeroMs, atMs) / 1000);
  }
}

/** Counts per second from the earliest success on, which must be known before the first record. */
export class SuccessesPerSecond {
  readonly #zeroMs: number | null;
  readonly #perSecond: PerSecond | null;
  #earliestMs = Infinity;

  /** @param firstSuccessMs When the earliest success was sent; `null` where that is not known. */
  constructor(firstSuccessMs: number | null) {
    this.#zeroMs = firstSuccessMs;
    this.#perSecond = firstSuccessMs === null ? null : new PerSecond(firstSuccessMs);
  }

  /** Takes in a success: its tokens or chunks, ascending, and its end. */
  add(
    sentMs: number,
    { instantsMs, endMs }: { readonly instantsMs: readonly number[]; readonly endMs: number },
  ): void {
    this.#earliestMs = Math.min(this.#earliestMs, sentMs);
    this.#perSecond?.addInstants(instantsMs);
    this.#perSecond?.addSpan(sentMs, endMs);
  }

  /** `null` where the earliest success was not known, or is another one for this tool. */
  get counts(): Pick<PerSecond, "mostInstants" | "mostSpans"> | null {
    return this.#earliestMs === this.#zeroMs ? this.#perSecond : null;
  }
}
