/**
 * How much memory a waiting request must find before its prompt is computed: the one rule in which mini-sglang and
 * SGLang are known to schedule differently.
 *
 * @module
 */
import type { AdmissionPolicy } from "./engine_presets.ts";
import { remainingDecodes, type Sequence } from "./sequence.ts";

/** The bookkeeping of one prefill batch. */
export interface PrefillAdmission {
  /**
   * @param sequence The next in the queue.
   * @param newTokens Of its prompt, tokens that are not cached.
   * @param availableTokens Tokens of memory that are free or evictable.
   */
  fits(sequence: Sequence, newTokens: number, availableTokens: number): boolean;
  /** Tells that a request is in the batch with `takenTokens` of its `restTokens`. */
  charge(sequence: Sequence, restTokens: number, takenTokens: number): void;
}

/** A rule of admission, with what it remembers from batch to batch. */
export interface AdmissionRule {
  /** Whether a request admitted has all the memory it may ever need; otherwise requests may have to be retracted. */
  readonly isPromise: boolean;
  /** Opens a prefill batch. */
  openBatch(running: readonly Sequence[]): PrefillAdmission;
  /** Tells that a decode batch found its memory. */
  onDecode(): void;
  /** Tells that requests were retracted, `kept` remaining. */
  onRetract(kept: readonly Sequence[]): void;
  /** Tells that there is nothing left to do. */
  onIdle(): void;
}

/** What the rules depend on. */
export interface AdmissionOptions {
  readonly policy: AdmissionPolicy;
  readonly pageTokens: number;
  /** Prompt tokens in a batch before another request is let in that has more of them; `null` is no limit. */
  readonly maxPrefillTokens: number | null;
}

/** Makes the rule of a policy. */
export function createAdmissionRule(options: AdmissionOptions): AdmissionRule {
  return options.policy === "full" ? fullReservation(options) : estimatedReservation(options);
}

/**
 * mini-sglang: `new + output + reserved ≤ available`, where `reserved` is what the running requests may still need,
 * `pageTokens − 1` for each of them, and `new + output` of everybody in the batch.
 */
function fullReservation({ pageTokens }: AdmissionOptions): AdmissionRule {
  return {
    isPromise: true,
    openBatch(running) {
      let reservedTokens = (pageTokens - 1) * running.length;
      for (const sequence of running) reservedTokens += remainingDecodes(sequence);
      return {
        fits: (sequence, newTokens, availableTokens) =>
          newTokens + sequence.outputTokens + reservedTokens <= availableTokens,
        charge(sequence, restTokens) {
          reservedTokens += restTokens + sequence.outputTokens;
        },
      };
    },
    onDecode() {},
    onRetract() {},
    onIdle() {},
  };
}

// SGLang's defaults, from its environment variables and server arguments.
/** Longest answer that is reserved for. */
const CLIP_OUTPUT_TOKENS = 4096;
/** Share of a running request's remaining answer that is reserved at first. */
const INITIAL_RATIO = 0.7;
/** What that share decays to. */
const LOWEST_RATIO = 0.7 * 0.14;
/** Decode batches that the decay takes. */
const DECAY_BATCHES = 600;
/** After a retraction, decode batches that everybody should have room for. */
const RETRACT_DECODE_BATCHES = 20;

/**
 * SGLang: `new + min(output, 4096) < available − reserved`, where `reserved` is a share of the remaining answers of the
 * running requests, at most 4,096 tokens each, and the prompts and answers of everybody in the batch. The share falls
 * from 0.7 to 0.098 over 600 decode batches and is set anew when requests had to be retracted.
 *
 * Left out is SGLang's other rule for requests that ignore their end while the radix cache is off.
 */
function estimatedReservation({ pageTokens, maxPrefillTokens }: AdmissionOptions): AdmissionRule {
  let ratio = INITIAL_RATIO;
  const toPages = (tokens: number) => Math.ceil(tokens / pageTokens) * pageTokens;
  const clippedOutput = (sequence: Sequence) =>
    Math.min(sequence.outputTokens - sequence.emittedTokens, CLIP_OUTPUT_TOKENS);
  return {
    isPromise: false,
    openBatch(running) {
      let reservedTokens = 0;
      let batchTokens = 0;
      for (const sequence of running) reservedTokens += clippedOutput(sequence) * ratio;
      return {
        fits(sequence, newTokens, availableTokens) {
          if (batchTokens > 0 && maxPrefillTokens !== null) {
            if (toPages(newTokens) >= maxPrefillTokens - batchTokens) return false;
          }
          return newTokens + clippedOutput(sequence) < availableTokens - reservedTokens;
        },
        charge(sequence, restTokens, takenTokens) {
          batchTokens += toPages(takenTokens);
          reservedTokens += toPages(takenTokens) + (takenTokens < restTokens ? 0 : clippedOutput(sequence));
        },
      };
    },
    onDecode() {
      ratio = Math.max(LOWEST_RATIO, ratio - (INITIAL_RATIO - LOWEST_RATIO) / DECAY_BATCHES);
    },
    onRetract(kept) {
      let emitted = 0;
      let wanted = 1;
      for (const { emittedTokens, outputTokens } of kept) {
        emitted += emittedTokens;
        wanted += outputTokens;
      }
      ratio = Math.min(1, (emitted + RETRACT_DECODE_BATCHES * kept.length) / wanted);
    },
    onIdle() {
      ratio = INITIAL_RATIO;
    },
  };
}
