/**
 * Sets of sequences, each kept as 64 bits: whether millions of texts or prefixes came before, in little memory.
 *
 * @module
 */

/** 64 bits that stand for a sequence, as two halves. It is changed in place. */
export interface Fingerprint {
  high: number;
  low: number;
}

/** The fingerprint of the empty sequence. */
export function emptyFingerprint(): Fingerprint {
  return { high: 0x9747b28c | 0, low: 0x811c9dc5 | 0 };
}

/** Takes one more item of the sequence into its fingerprint. @param item An integer; its lower 32 bits count. */
export function extend(fingerprint: Fingerprint, item: number): void {
  fingerprint.high = mix(fingerprint.high ^ item, 0x85ebca6b);
  fingerprint.low = mix(fingerprint.low + item | 0, 0x01000193 ^ fingerprint.high);
}

/** Takes a text into a fingerprint, with its length, so that "a", "bc" differs from "ab", "c". */
export function extendByText(fingerprint: Fingerprint, text: string): void {
  extend(fingerprint, text.length);
  for (let i = 0; i < text.length; i++) extend(fingerprint, text.charCodeAt(i));
}

function mix(value: number, factor: number): number {
  const product = Math.imul(value, factor | 1);
  return Math.imul(product ^ (product >>> 15), 0xc2b2ae35) ^ (product >>> 13);
}

const FIRST_SLOTS = 1024;

/**
 * A set of fingerprints that takes 8 bytes per slot, 16 to 32 per member.
 *
 * Two sequences are taken for one with a probability of 2⁻⁶⁴ per pair: about 2 in a million for 8 million members.
 */
export class FingerprintSet {
  readonly #most: number;
  #slots = new Int32Array(2 * FIRST_SLOTS);
  #size = 0;

  /** @param most Members that it takes; an integer ≥ 0. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether it takes no more. */
  get isFull(): boolean {
    return this.#size >= this.#most;
  }

  has(fingerprint: Fingerprint): boolean {
    return this.#isUsed(this.#find(fingerprint.high, lowOf(fingerprint)));
  }

  /** Adds a member. Nothing happens when it is there already, or when the set is full. */
  add(fingerprint: Fingerprint): void {
    if (this.isFull) return;
    const low = lowOf(fingerprint);
    const place = this.#find(fingerprint.high, low);
    if (this.#isUsed(place)) return;
    this.#slots[place] = fingerprint.high;
    this.#slots[place + 1] = low;
    if (4 * ++this.#size > this.#slots.length) this.#grow();
  }

  /** Where a fingerprint is, or where it would be. */
  #find(high: number, low: number): number {
    const mask = this.#slots.length / 2 - 1;
    for (let slot = low & mask;; slot = slot + 1 & mask) {
      const place = 2 * slot;
      if (!this.#isUsed(place)) return place;
      if (this.#slots[place] === high && this.#slots[place + 1] === low) return place;
    }
  }

  #isUsed(place: number): boolean {
    return this.#slots[place + 1] !== 0;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(2 * before.length);
    for (let i = 0; i < before.length; i += 2) {
      const [high = 0, low = 0] = [before[i], before[i + 1]];
      if (low === 0) continue;
      const place = this.#find(high, low);
      this.#slots[place] = high;
      this.#slots[place + 1] = low;
    }
  }
}

/** 0 marks an empty slot. */
function lowOf({ low }: Fingerprint): number {
  return low === 0 ? 1 : low;
}
