import assert from "node:assert/strict";

import { answerOf, naturalLength } from "../../lib/simulator/answer.ts";
import { tokenizeText } from "../../lib/simulator/tokenize.ts";

const prompts = Array.from({ length: 2000 }, (_, i) => Int32Array.of(i % 7, i, 5));

Deno.test("answerOf gives equal answers to equal prompts and others to others", () => {
  const prompt = Int32Array.of(1, 2, 3);
  const text = (tokens: Int32Array) =>
    Array.from({ length: 20 }, (_, i) => answerOf(tokens).text(i)).join("");
  assert.equal(text(prompt), text(Int32Array.of(1, 2, 3)));
  const others = [[1, 2, 4], [1, 2], [1, 2, 3, 0], [3, 2, 1], [-1, 2, 3]].map((tokens) =>
    text(Int32Array.from(tokens))
  );
  assert.equal(new Set([text(prompt), ...others]).size, 6);
  assert.equal(new Set(prompts.map((tokens) => answerOf(tokens).seed)).size, prompts.length);
});

Deno.test("answerOf gives text whose tokens are the ids it gives, one each", () => {
  for (const prompt of prompts.slice(0, 20)) {
    const answer = answerOf(prompt);
    const indexes = Array.from({ length: 300 }, (_, i) => i);
    const text = indexes.map(answer.text).join("");
    assert.match(text, /^\S+( \S+){299}$/);
    assert.deepEqual([...tokenizeText(text)], indexes.map(answer.token));
  }
});

Deno.test("naturalLength is the same for the same answer, at least 1, and has the mean asked for", () => {
  const lengths = (meanTokens: number) =>
    prompts.map((prompt) => naturalLength(answerOf(prompt), meanTokens));
  assert.deepEqual(lengths(358), lengths(358));
  assert.ok(lengths(1).every((length) => length >= 1));
  for (const meanTokens of [358, 20]) {
    const mean = lengths(meanTokens).reduce((a, b) => a + b) / prompts.length;
    // The standard error is √(e^0.81 − 1) / √2000 = 2.5 %.
    assert.ok(Math.abs(mean / meanTokens - 1) < 0.08, `${mean}`);
  }
  // σ of the logarithm is 0.9, so that the median is e^(−0.405) of the mean.
  const median = lengths(1000).sort((a, b) => a - b)[1000] ?? NaN;
  assert.ok(Math.abs(median / 667 - 1) < 0.08, `${median}`);
});
