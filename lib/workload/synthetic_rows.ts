/**
 * The rows of a synthetic trace, one drawn after the other.
 *
 * @module
 */
import { createRandom, type Random } from "../random.ts";
import type { List } from "../types.ts";
import { packIds } from "./block_ids.ts";
import { qwenBailian, type QwenRow } from "./formats/qwen_bailian.ts";
import type { SyntheticProfile, TokenDistribution } from "./synthetic_profiles.ts";

/**
 * Draws rows in the Qwen-Bailian format, in order of arrival, for as long as arrivals go on.
 *
 * Arrivals are a Poisson process. With the probability `multiTurnShare` a request continues the conversation that was
 * active closest to one think time ago: its prompt is the parent's prompt, the parent's answer and new text. Otherwise
 * it opens one: a system prompt shared with others, and new text. Ids of blocks and chats count from 0.
 *
 * @param seed Each kind of draw has a stream of its own, so that changing one distribution leaves the others alone.
 */
export function* syntheticRows(profile: SyntheticProfile, seed: number): Generator<QwenRow> {
  const { thinkTime, maxInputTokens } = profile;
  const random = createRandom(seed);
  const turns = random.fork("turns");
  const lengths = random.fork("lengths");
  const newBlocks = blockSource();
  const pickSystemPrompt = systemPrompts(profile.systemPrompts, random.fork("system prompts"), newBlocks);
  const turnsSoFar: Turn[] = [];
  const continued = new Set<number>();

  for (const arrivalMs of poissonArrivals(profile.arrivals, random.fork("arrivals"))) {
    const continues = turns.float() < profile.multiTurnShare;
    const activeMs = arrivalMs - turns.lognormal(thinkTime.meanMs, thinkTime.sigma);
    const parent = continues ? findOpenTurn(turnsSoFar, continued, activeMs) : undefined;
    if (parent !== undefined) continued.add(parent.chat_id);

    const known = parent === undefined ? pickSystemPrompt() : history(parent);
    const text = pickWeighted(profile.newText, lengths.float());
    const inputTokens = Math.min(maxInputTokens, known.tokens + drawTokens(text, lengths));
    const blocks = Math.ceil(inputTokens / qwenBailian.blockTokens);
    const knownIds = known.hashIds.slice(0, blocks);
    const row: QwenRow = {
      chat_id: turnsSoFar.length,
      parent_chat_id: parent?.chat_id ?? -1,
      timestamp: Math.round(arrivalMs) / 1_000,
      input_length: inputTokens,
      output_length: drawTokens(profile.outputTokens, lengths),
      type: text.type,
      turn: (parent?.turn ?? 0) + 1,
      hash_ids: [...knownIds, ...newBlocks(blocks - knownIds.length)],
    };
    turnsSoFar.push({ ...row, hash_ids: packIds(row.hash_ids) });
    yield row;
  }
}

/** A row, its ids packed: all of them are kept for the turns that may follow. */
type Turn = Omit<QwenRow, "hash_ids"> & { readonly hash_ids: List<number> };

/** Instants, in ms, of a Poisson process whose rate changes from phase to phase. */
function* poissonArrivals(phases: SyntheticProfile["arrivals"], random: Random): Generator<number> {
  let atMs = 0;
  for (const { untilMs, requestsPerS } of phases) {
    const wait = () => random.exponential(1_000 / requestsPerS);
    for (atMs += wait(); atMs < untilMs; atMs += wait()) yield atMs;
    atMs = untilMs; // The process has no memory: where the rate changes, the wait may start anew.
  }
}

/** Of the turns that have no next turn yet, the one that arrived closest to an instant. */
function findOpenTurn(
  rows: readonly Turn[],
  continued: ReadonlySet<number>,
  atMs: number,
): Turn | undefined {
  const split = countUntil(rows, atMs / 1_000);
  for (let distance = 0; distance < rows.length; distance++) {
    for (const row of [rows[split - 1 - distance], rows[split + distance]]) {
      if (row !== undefined && !continued.has(row.chat_id)) return row;
    }
  }
  return undefined;
}

/** How many rows, in order of arrival, arrived until an instant. */
function countUntil(rows: readonly Turn[], timestamp: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.timestamp ?? Infinity) <= timestamp) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The beginning of a prompt whose text was seen before. */
interface Known {
  readonly tokens: number;
  /** Ids of its whole blocks. */
  readonly hashIds: readonly number[];
}

/** A parent's prompt and answer. Its last, partial block is hashed anew, as are the blocks of the answer. */
function history(parent: Turn): Known {
  const wholeBlocks = Math.floor(parent.input_length / qwenBailian.blockTokens);
  return {
    tokens: parent.input_length + parent.output_length,
    hashIds: Array.from(Iterator.from(parent.hash_ids).take(wholeBlocks)),
  };
}

/** Makes a few prefixes of whole blocks and returns a function that picks one of them. */
function systemPrompts(
  profile: SyntheticProfile["systemPrompts"],
  random: Random,
  newBlocks: (count: number) => number[],
): () => Known {
  const prompts = Array.from({ length: profile.count }, (_, k) => {
    const hashIds = newBlocks(Math.ceil(drawTokens(profile, random) / qwenBailian.blockTokens));
    return {
      tokens: hashIds.length * qwenBailian.blockTokens,
      hashIds,
      weight: (k + 1) ** -profile.zipfExponent,
    };
  });
  return () => pickWeighted(prompts, random.float());
}

function drawTokens({ meanTokens, sigma, maxTokens }: TokenDistribution, random: Random): number {
  return Math.min(maxTokens, Math.max(1, Math.round(random.lognormal(meanTokens, sigma))));
}

/** Picks by weight with a uniform number in [0, 1). */
function pickWeighted<T extends { readonly weight: number }>(choices: readonly T[], uniform: number): T {
  let rest = uniform * choices.reduce((sum, { weight }) => sum + weight, 0);
  const choice = choices.find(({ weight }) => (rest -= weight) < 0) ?? choices.at(-1);
  if (choice === undefined) throw new RangeError("Cannot pick as there is nothing to choose from");
  return choice;
}

/** Hands out block ids, from 0. */
function blockSource(): (count: number) => number[] {
  let next = 0;
  return (count) => Array.from({ length: count }, () => next++);
}
