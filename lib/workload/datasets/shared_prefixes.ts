/**
 * What the prompts of a dataset have in common: a property of the dataset, not of an engine.
 *
 * @module
 */
import type { ChatMessage, List } from "../../types.ts";
import { emptyFingerprint, extend, extendByText, type Fingerprint, FingerprintSet } from "./fingerprints.ts";

/** One turn of a prompt, in tokens. */
export interface TurnTokens {
  readonly role: ChatMessage["role"];
  /** Ids that are equal exactly where the tokens are. */
  readonly tokens: Pick<List<number>, "length" | "at">;
}

/** Options of {@linkcode PrefixCounter}. */
export interface PrefixCounterOptions {
  /** Tokens per page of the prefix cache; an integer ≥ 1. @default {1} */
  pageTokens?: number;
  /**
   * Pages that are kept, at 16 to 32 bytes each. What comes after is still looked up, but no longer found by what follows: the
   * count becomes a lower bound. @default {8,388,608}
   */
  mostPages?: number;
}

/** Prompts and pages that are remembered; 8,388,608 take 128 to 256 MiB. */
const MOST_KEPT = 2 ** 23;

/**
 * Counts the tokens of each prompt that an ideal prefix cache would have: unlimited, and every earlier prompt in it.
 *
 * Whole pages count, and of each prompt at least the last token is computed: ⌊(tokens − 1) / page⌋ · page at most. Tokens
 * are those of the turns' contents; where roles differ, prefixes end, as they do in a chat template.
 *
 * @example
 * ```ts
 * import { PrefixCounter } from "./shared_prefixes.ts";
 * import assert from "node:assert/strict";
 *
 * const counter = new PrefixCounter();
 * assert.equal(counter.add([{ role: "user", tokens: [1, 2, 3] }]), 0);
 * assert.equal(counter.add([{ role: "user", tokens: [1, 2, 9, 9] }]), 2);
 * assert.equal(counter.add([{ role: "user", tokens: [1, 2, 3] }]), 2); // The last token is always computed.
 * ```
 */
export class PrefixCounter {
  readonly #pageTokens: number;
  readonly #pages: FingerprintSet;

  /** @throws {RangeError} If an option is out of its domain. */
  constructor(options: PrefixCounterOptions = {}) {
    const { pageTokens = 1, mostPages = MOST_KEPT } = options;
    if (!Number.isSafeInteger(pageTokens) || pageTokens < 1) {
      throw new RangeError(
        `Cannot count prefixes as 'pageTokens' must be an integer >= 1: current value is ${pageTokens}`,
      );
    }
    this.#pageTokens = pageTokens;
    this.#pages = new FingerprintSet(mostPages);
  }

  /** Whether pages were left out, so that counts from there on are lower bounds. */
  get isFull(): boolean {
    return this.#pages.isFull;
  }

  /** Adds a prompt. @returns Tokens that its front has in common with an earlier one. */
  add(turns: readonly TurnTokens[]): number {
    const fingerprint = emptyFingerprint();
    let count = 0;
    let shared = 0;
    let isShared = true;
    for (const { role, tokens } of turns) {
      extendByText(fingerprint, role);
      for (let i = 0; i < tokens.length; i++) {
        extend(fingerprint, tokens.at(i) ?? 0);
        if (++count % this.#pageTokens !== 0) continue;
        isShared &&= this.#pages.has(fingerprint);
        if (isShared) shared = count;
        else this.#pages.add(fingerprint);
      }
    }
    const most = Math.floor((count - 1) / this.#pageTokens) * this.#pageTokens;
    return Math.max(0, Math.min(shared, most));
  }
}

/**
 * Tells prompts that came before, word for word.
 *
 * @example
 * ```ts
 * import { DuplicateFinder } from "./shared_prefixes.ts";
 * import assert from "node:assert/strict";
 *
 * const finder = new DuplicateFinder();
 * const prompts = ["Hi", "Hello", "Hi"].map((content) => [{ role: "user", content } as const]);
 * assert.deepEqual(prompts.map((prompt) => finder.add(prompt)), [false, false, true]);
 * ```
 */
export class DuplicateFinder {
  readonly #prompts: FingerprintSet;

  /** @param most Prompts that are remembered, the first ones; an integer ≥ 0. */
  constructor(most: number = MOST_KEPT) {
    this.#prompts = new FingerprintSet(most);
  }

  /** Whether later prompts are no longer remembered. */
  get isFull(): boolean {
    return this.#prompts.isFull;
  }

  /** Adds a prompt. @returns Whether an earlier one has the same turns. */
  add(turns: readonly ChatMessage[]): boolean {
    const fingerprint: Fingerprint = emptyFingerprint();
    for (const { role, content } of turns) {
      extendByText(fingerprint, role);
      extendByText(fingerprint, content);
    }
    const isDuplicate = this.#prompts.has(fingerprint);
    this.#prompts.add(fingerprint);
    return isDuplicate;
  }
}
