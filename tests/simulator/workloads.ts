/** Random requests for properties: prompts that begin alike, go on with earlier answers, end and are aborted anywhere. */
import fc from "fast-check";

import { answerOf, naturalLength } from "../../lib/simulator/answer.ts";
import type { EngineRequest } from "../../lib/simulator/sequence.ts";

/** A request, and when it comes and goes. */
export interface Arrival {
  readonly request: EngineRequest;
  /** Turns of the scheduler between the arrival before and this one. */
  readonly pauseTurns: number;
  /** Turns after which it is aborted; `null` is never. */
  readonly abortAfterTurns: number | null;
}

/** Mean length of the answers that end by themselves. */
export const MEAN_ANSWER_TOKENS = 8;

/** Options of {@linkcode arrivals}. */
export interface ArrivalOptions {
  /** Longest prompt. */
  readonly promptTokens: number;
  /** Longest answer asked for, from and to. */
  readonly maxTokens: readonly [min: number, max: number];
  readonly maxLength: number;
  /** Share of requests that go on past their end, in percent. @default {50} */
  readonly ignoreEosPercent?: number;
}

/** Lists of requests with ids 0, 1, 2, … */
export function arrivals(
  { promptTokens, maxTokens, maxLength, ignoreEosPercent = 50 }: ArrivalOptions,
): fc.Arbitrary<Arrival[]> {
  const one = fc.record({
    /** Goes on from the prompt and answer of an earlier request, up to a share of them. */
    parent: fc.option(
      fc.record({ back: fc.integer({ min: 1, max: 5 }), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
      { freq: 2 },
    ),
    own: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: promptTokens, size: "max" }),
    maxTokens: fc.integer({ min: maxTokens[0], max: maxTokens[1] }),
    ignoreEos: fc.integer({ min: 0, max: 99 }).map((percent) => percent < ignoreEosPercent),
    pauseTurns: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 6 })),
    abortAfterTurns: fc.integer({ min: 0, max: 150 }).map((turns) => turns <= 30 ? turns : null),
  });
  return fc.array(one, { maxLength, size: "max" }).map((specs) => {
    const requests: EngineRequest[] = [];
    return specs.map(({ parent, own, maxTokens, ignoreEos, ...timing }, id) => {
      const earlier = parent ? requests[id - parent.back] : undefined;
      const history = earlier ? conversation(earlier) : [];
      const kept = history.slice(0, Math.round(history.length * (parent?.share ?? 0)));
      const prompt = Int32Array.from([...kept, ...own].slice(0, promptTokens));
      const request = { id, promptTokens: prompt, maxTokens, ignoreEos };
      requests.push(request);
      return { request, ...timing };
    });
  });
}

/** Prompt and answer. */
function conversation({ promptTokens, maxTokens }: EngineRequest): number[] {
  const answer = answerOf(promptTokens);
  return [...promptTokens, ...Array.from({ length: maxTokens }, (_, i) => answer.token(i))];
}

/** Length of the answer that a request is to get. */
export function answerLength(request: EngineRequest, contextTokens: number): number {
  const { promptTokens, maxTokens, ignoreEos } = request;
  const natural = ignoreEos ? Infinity : naturalLength(answerOf(promptTokens), MEAN_ANSWER_TOKENS);
  return Math.max(0, Math.min(maxTokens, contextTokens - promptTokens.length, natural));
}
