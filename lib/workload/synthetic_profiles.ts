/**
 * What synthetic traffic is like, as data.
 *
 * @module
 */

/** A log-normal number of tokens, cut to `[1, maxTokens]`. */
export interface TokenDistribution {
  /** Mean before the cut. */
  readonly meanTokens: number;
  /** Standard deviation of the logarithm. */
  readonly sigma: number;
  readonly maxTokens: number;
}

/** Everything that {@linkcode syntheticTrace} draws from. */
export interface SyntheticProfile {
  /** What was chosen, in words; it goes where the trace's name goes. */
  readonly note: string;
  /** What the trace is called. */
  readonly name: string;
  /** Rates of the Poisson process of arrivals, each until an instant in ms. */
  readonly arrivals: readonly { readonly untilMs: number; readonly requestsPerS: number }[];
  /** Probability that a request continues a conversation. */
  readonly multiTurnShare: number;
  /** Log-normal time from a turn's arrival to the next turn's. */
  readonly thinkTime: { readonly meanMs: number; readonly sigma: number };
  /** What a turn adds to the prompt, by type of request; weights need not sum to 1. */
  readonly newText: readonly (TokenDistribution & { readonly type: string; readonly weight: number })[];
  readonly outputTokens: TokenDistribution;
  /** Shared beginnings of conversations; the k-th most popular one is chosen with weight `k^-zipfExponent`. */
  readonly systemPrompts: TokenDistribution & { readonly count: number; readonly zipfExponent: number };
  /** Prompts are cut at this length. */
  readonly maxInputTokens: number;
}

/**
 * Traffic with the published statistics of Qwen-Bailian trace A.
 *
 * Published: 43,058 requests in 7,200 s, 46.3 % of them later turns, 6.29 M block references of which 2.53 M are
 * distinct; hit rates of an LRU cache by its size; quantiles of the prefix of later turns. Types, their shares and
 * the distributions of lengths are not published: they were fitted so that the published figures come out.
 */
export const qwenTraceA: SyntheticProfile = {
  name: "synthetic",
  note: "synthetic, with the published statistics of Qwen-Bailian trace A",
  // The first 1,000 requests take 289 s.
  arrivals: [{ untilMs: 289_000, requestsPerS: 3.46 }, { untilMs: Infinity, requestsPerS: 6.086 }],
  multiTurnShare: 0.4635,
  thinkTime: { meanMs: 600_000, sigma: 1.3 },
  newText: [
    { type: "text", weight: 0.75, meanTokens: 170, sigma: 1, maxTokens: 30_000 },
    { type: "search", weight: 0.13, meanTokens: 1_800, sigma: 0.8, maxTokens: 30_000 },
    { type: "image", weight: 0.08, meanTokens: 600, sigma: 0.6, maxTokens: 30_000 },
    { type: "file", weight: 0.04, meanTokens: 9_000, sigma: 0.8, maxTokens: 30_000 },
  ],
  outputTokens: { meanTokens: 358.3, sigma: 0.9, maxTokens: 4_000 },
  systemPrompts: { count: 100, zipfExponent: 1.4, meanTokens: 620, sigma: 0.1, maxTokens: 4_000 },
  maxInputTokens: 32_768,
};

/**
 * Denser and shorter traffic for a demonstration in real time: 120 requests in about 13 s.
 *
 * Chosen so that a simulated Qwen3-32B on four H200 (about 28,000 prompt tokens per second) has little to do at 1.6
 * times the intervals and is clearly loaded at 0.4 times.
 */
export const demoTraffic: SyntheticProfile = {
  name: "demo",
  note: "synthetic, for a demonstration: denser than the real trace, with shorter prompts and answers",
  arrivals: [{ untilMs: Infinity, requestsPerS: 7.5 }],
  multiTurnShare: 0.4635,
  thinkTime: { meanMs: 5_000, sigma: 0.8 },
  newText: [
    { type: "text", weight: 0.75, meanTokens: 150, sigma: 0.8, maxTokens: 4_000 },
    { type: "search", weight: 0.13, meanTokens: 1_500, sigma: 0.5, maxTokens: 4_000 },
    { type: "image", weight: 0.08, meanTokens: 600, sigma: 0.5, maxTokens: 4_000 },
    { type: "file", weight: 0.04, meanTokens: 3_000, sigma: 0.4, maxTokens: 4_000 },
  ],
  outputTokens: { meanTokens: 50, sigma: 0.5, maxTokens: 160 },
  systemPrompts: { count: 8, zipfExponent: 1.4, meanTokens: 200, sigma: 0.1, maxTokens: 400 },
  maxInputTokens: 8_192,
};
