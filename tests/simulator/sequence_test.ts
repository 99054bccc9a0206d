import assert from "node:assert/strict";

import { answerOf } from "../../lib/simulator/answer.ts";
import {
  cacheableTokens,
  canDecode,
  clipAnswer,
  mostTokens,
  remainingDecodes,
  startSequence,
  tokensUpTo,
} from "../../lib/simulator/sequence.ts";
import { request } from "../testdata/engine_request.ts";

const one = startSequence(request({ id: 1, inputTokens: 10, maxTokens: 5 }), {
  outputTokens: 5,
  meanAnswerTokens: 3,
});

Deno.test("clipAnswer gives what is asked for or what is left, never less than nothing", () => {
  const clip = (inputTokens: number, maxTokens: number) =>
    clipAnswer(request({ id: 0, inputTokens, maxTokens }), 100);
  assert.deepEqual([clip(10, 5), clip(98, 5), clip(99, 5), clip(100, 5), clip(101, 5)], [5, 2, 1, 0, 0]);
});

Deno.test("mostTokens leaves out the last token, which is never fed back", () => {
  assert.equal(mostTokens(one), 14);
  assert.equal(remainingDecodes({ ...one, computedTokens: 10 }), 4);
  assert.equal(canDecode({ ...one, computedTokens: 13 }), true);
  assert.equal(canDecode({ ...one, computedTokens: 14 }), false);
  assert.equal(canDecode({ ...one, computedTokens: 13, over: true }), false);
});

Deno.test("tokensUpTo gives the prompt and then the answer", () => {
  const { promptTokens } = one.request;
  const answer = answerOf(promptTokens);
  assert.deepEqual(tokensUpTo(one, 4), promptTokens.subarray(0, 4));
  assert.deepEqual([...tokensUpTo(one, 12)], [...promptTokens, answer.token(0), answer.token(1)]);
});

Deno.test("tokensUpTo ends an answer with the end-of-sequence token", () => {
  assert.deepEqual([...tokensUpTo({ ...one, naturalTokens: 3 }, 13)].slice(11), [
    answerOf(one.request.promptTokens).token(1),
    151_645,
  ]);
});

Deno.test("cacheableTokens are those that are computed and known", () => {
  const length = (computedTokens: number, emittedTokens: number) =>
    cacheableTokens({ ...one, computedTokens, emittedTokens }).length;
  assert.equal(length(7, 0), 7); // a chunk
  assert.equal(length(10, 0), 10); // the prompt, before its token is known
  assert.equal(length(11, 0), 10); // launched, but the host does not know what it is
  assert.equal(length(11, 1), 11);
  assert.equal(length(11, 2), 11); // known, but not computed
});
