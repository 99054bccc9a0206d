/**
 * What answers of several engines have in common: collecting tokens for an answer in one piece, counting what was cached.
 *
 * @module
 */
import type { Json } from "../../types.ts";
import type { TokenEvent } from "../scheduler.ts";
import type { AnswerWriter, ServerFacts } from "./surface.ts";

/** Why an answer ended. */
export type FinishReason = NonNullable<TokenEvent["finishReason"]>;

/** What is known of an answer at its end. */
export interface Answered {
  readonly text: string;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  readonly finishReason: FinishReason;
}

/** Writes an answer in one piece, as JSON, when its last token is there. */
export function writeWhole(describe: (answered: Answered) => Json): AnswerWriter {
  const cached = countCached();
  let answer = "";
  return {
    head: "whole",
    admitted: cached.admitted,
    token({ index, finishReason }, text) {
      answer += text;
      if (finishReason === null) return "";
      const cachedTokens = cached.tokens();
      return JSON.stringify(
        describe({ text: answer, completionTokens: index + 1, cachedTokens, finishReason }),
      );
    },
  };
}

/** Counts what the prefix cache had of a prompt. */
export interface CachedCount {
  admitted(cachedTokens: number): void;
  tokens(): number;
  retractions(): number;
}

/** What counts is what the prompt found when it began for the first time. */
export function countCached(): CachedCount {
  let tokens: number | null = null;
  let admissions = 0;
  return {
    admitted(cachedTokens) {
      tokens ??= cachedTokens;
      admissions++;
    },
    tokens: () => tokens ?? 0,
    retractions: () => Math.max(0, admissions - 1),
  };
}

/** The present, in seconds since 1970. */
export function nowS({ startedS, nowMs }: Pick<ServerFacts, "startedS" | "nowMs">): number {
  return startedS + Math.floor(nowMs() / 1000);
}
