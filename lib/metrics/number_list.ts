/**
 * Numbers that come one by one, at 8 bytes each.
 *
 * @module
 */

/** A list of numbers that grows. */
export class NumberList {
  #values = new Float64Array(16);
  #length = 0;

  /** How many there are. */
  get length(): number {
    return this.#length;
  }

  /** Appends a number. */
  push(value: number): void {
    this.#reserve(this.#length + 1);
    this.#values[this.#length++] = value;
  }

  /** Adds to the number at a place; places that nothing was added to hold 0. */
  add(place: number, value: number): void {
    this.#reserve(place + 1);
    this.#length = Math.max(this.#length, place + 1);
    this.#values[place] = (this.#values[place] ?? 0) + value;
  }

  /** The number at a place, NaN where there is none. */
  get(place: number): number {
    return place < this.#length ? this.#values[place] ?? NaN : NaN;
  }

  /** A copy of all. */
  toArray(): Float64Array<ArrayBuffer> {
    return this.#values.slice(0, this.#length);
  }

  #reserve(length: number): void {
    if (length <= this.#values.length) return;
    const longer = new Float64Array(Math.max(length, 2 * this.#values.length));
    longer.set(this.#values);
    this.#values = longer;
  }
}
