/**
 * Rows that were left out, by reason.
 *
 * @module
 */

/** Rows that were left out for one reason. */
export interface LeftOut {
  /** For people, without values of single rows. */
  readonly reason: string;
  readonly rows: number;
  /** The first of them, as `file:line`. */
  readonly first: string;
}

/** Counts rows by the reason they were left out for. */
export class LeftOutTally {
  readonly #byReason = new Map<string, LeftOut>();

  /** @param place `file:line`. */
  add(reason: string, place: string): void {
    const before = this.#byReason.get(reason);
    this.#byReason.set(reason, { reason, rows: (before?.rows ?? 0) + 1, first: before?.first ?? place });
  }

  /** Most frequent first. */
  reasons(): LeftOut[] {
    return [...this.#byReason.values()].sort((a, b) => b.rows - a.rows);
  }
}
