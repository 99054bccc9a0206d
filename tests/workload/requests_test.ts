import assert from "node:assert/strict";

import type { RequestSpec, TraceEntry } from "../../lib/types.ts";
import { buildRequests, hashPrompts } from "../../lib/workload/requests.ts";
import type { Tokenizer } from "../../lib/workload/tokenizer.ts";
import { traceOf } from "./trace_of.ts";

function entry(inputTokens: number, outputTokens: number, hashIds?: readonly number[]): TraceEntry {
  return { arrivalMs: 0, inputTokens, outputTokens, hashIds };
}

function textOf(request: RequestSpec | undefined): string {
  assert.equal(request?.messages.length, 1);
  assert.equal(request?.messages[0]?.role, "user");
  return request?.messages[0]?.content ?? "";
}

function countWords(text: string): number {
  return text.split(" ").length - 1;
}

const letters: Tokenizer = {
  name: "letters",
  vocabSize: 26,
  encode: (text) => [...text].map((letter) => letter.charCodeAt(0) - 97),
  decode: (ids) => String.fromCharCode(...ids.map((id) => id + 97)),
};

Deno.test("buildRequests takes lengths, position and body from trace and options", () => {
  const trace = traceOf([entry(20, 7, [1, 2]), entry(32, 9, [1, 3])]);
  const { requests, skipped } = buildRequests(trace, { kind: "blocks", extraBody: { top_p: 1 } });
  assert.deepEqual(skipped, []);
  assert.deepEqual(
    Array.from(requests, ({ messages: _messages, ...rest }) => rest),
    [
      { id: 0, inputTokens: 20, outputTokens: 7, ignoreEos: true, extraBody: { top_p: 1 } },
      { id: 1, inputTokens: 32, outputTokens: 9, ignoreEos: true, extraBody: { top_p: 1 } },
    ],
  );
  assert.equal(countWords(textOf(requests.at(0))), 12); // 20 − 8
  assert.ok(textOf(requests.at(1)).startsWith(textOf(requests.at(0)))); // both begin with block 1
});

Deno.test("buildRequests skips what does not fit and keeps the others' ids", () => {
  const trace = traceOf([
    entry(60, 41, [1, 2, 3, 4]), // 101 tokens
    entry(60, 40, [1, 2, 3, 4]), // 100 tokens
    entry(8, 5, [1]), // nothing but template
    entry(9, 5, [1]),
  ]);
  const { requests, skipped } = buildRequests(trace, { kind: "blocks", contextTokens: 100 });
  assert.deepEqual(Array.from(requests, ({ id }) => id), [1, 3]);
  assert.deepEqual(skipped, [
    { id: 0, reason: "60 prompt and 41 answer tokens are more than the context of 100" },
    { id: 2, reason: "a prompt of 8 tokens leaves no text beside the 8 of the chat template" },
  ]);
});

Deno.test("buildRequests gives blocks without hash ids a fresh text for each request", () => {
  const { requests } = buildRequests(traceOf([entry(50, 1), entry(50, 1)]), { kind: "blocks" });
  const [a, b] = [textOf(requests.at(0)), textOf(requests.at(1))];
  assert.equal(countWords(a), 42);
  assert.notEqual(a.split(" ")[1], b.split(" ")[1]);
});

Deno.test("buildRequests replaces lengths, and drops hash ids that do not fit any more", () => {
  const trace = traceOf([entry(20, 7, [1, 2]), entry(32, 9, [1, 2])]);
  const { requests } = buildRequests(trace, { kind: "blocks", inputTokens: 100, outputTokens: 3 });
  for (const request of requests) {
    assert.equal(request.inputTokens, 100);
    assert.equal(request.outputTokens, 3);
    assert.equal(countWords(textOf(request)), 92);
  }
  assert.notEqual(textOf(requests.at(0)).split(" ")[1], textOf(requests.at(1)).split(" ")[1]);
});

Deno.test("buildRequests makes fresh prompts that share nothing, whatever the hash ids", () => {
  const trace = traceOf([entry(40, 1, [1, 2, 3]), entry(40, 1, [1, 2, 3])]);
  const [first, second] = [...buildRequests(trace, { kind: "fresh" }).requests].map(textOf);
  assert.equal(countWords(first ?? ""), 32);
  assert.notEqual(first?.split(" ")[1], second?.split(" ")[1]);
});

Deno.test("buildRequests makes dummy prompts prefixes of one text, whatever the hash ids", () => {
  const trace = traceOf([entry(40, 1, [1, 2, 3]), entry(24, 1, [7, 8])]);
  const { requests } = buildRequests(trace, { kind: "dummy" });
  assert.equal(countWords(textOf(requests.at(1))), 16);
  assert.ok(textOf(requests.at(0)).startsWith(`${textOf(requests.at(1))} `));
});

Deno.test("buildRequests makes random prompts with the tokenizer, less the template", () => {
  const trace = traceOf([entry(40, 1), entry(40, 1)]);
  const options = { kind: "random", tokenizer: letters, templateTokens: 5 } as const;
  const [a, b] = Array.from(buildRequests(trace, options).requests, textOf);
  assert.equal(a?.length, 35);
  assert.notEqual(a, b);
  // A request's text does not depend on which others there are.
  const alone = buildRequests(traceOf([entry(3, 1), entry(40, 1)]), options);
  assert.equal(textOf(alone.requests.at(0)), b);
  assert.throws(() => buildRequests(trace, { kind: "random" }), TypeError);
});

Deno.test("hashPrompts depends on every prompt and on their order", () => {
  const a = { messages: [{ role: "user", content: "a" }] } as const;
  const b = { messages: [{ role: "user", content: "b" }] } as const;
  // printf '[{"role":"user","content":"a"}]\n' | sha256sum
  assert.equal(hashPrompts([a]), "4a36e6fbb79e2f5429fccb49526e42e82e030f96833d1a95fc15fd30a1b4da11");
  assert.notEqual(hashPrompts([a, b]), hashPrompts([b, a]));
  assert.notEqual(hashPrompts([a]), hashPrompts([a, a]));
});

Deno.test("buildRequests of a workload too long to keep writes each text when asked, and the same one", () => {
  // 300 × 30,000 tokens are more than the 8 million that are kept; 3 of them are not.
  const rows = Array.from({ length: 300 }, () => entry(30_000, 5));
  const { requests, asked } = buildRequests(traceOf(rows), { kind: "blocks", contextTokens: 40_000 });
  const few = buildRequests(traceOf(rows.slice(0, 3)), { kind: "blocks", contextTokens: 40_000 });
  assert.ok(!Array.isArray(requests));
  assert.deepEqual([requests.length, asked.length], [300, 300]);
  assert.deepEqual(requests.at(2), few.requests.at(2));
  assert.notEqual(requests.at(2), requests.at(2)); // made anew
  assert.equal(requests.at(300), undefined);
  assert.deepEqual(requests[Symbol.iterator]().next().value, few.requests.at(0));
});
