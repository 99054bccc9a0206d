/** A heap whose first element is the one that `compare` puts before all others. */
export class BinaryHeap<T> {
  /** @param compare Negative when `a` comes first. */
  constructor(compare: (a: T, b: T) => number);
  /** Takes the first element; `undefined` when there is none. */
  pop(): T | undefined;
  /** @returns The new number of elements. */
  push(...values: T[]): number;
}
