import assert from "node:assert/strict";
import fc from "fast-check";

import { openaiChat } from "../../lib/client/protocols/openai_chat.ts";
import type { StreamEvent, WireQuirks } from "../../lib/client/protocols/protocol.ts";

const strict: WireQuirks = { emptyDeltaIsToken: false, asksUsage: true };
const perToken: WireQuirks = { emptyDeltaIsToken: true, asksUsage: false };

function read(text: string, quirks = strict): StreamEvent {
  const bytes = new TextEncoder().encode(`data: ${text}\n\n`);
  return openaiChat.read(bytes, { start: 6, end: bytes.length - 2 }, quirks);
}

const chunk = (delta: unknown, finish: unknown = null, rest: object = {}) =>
  JSON.stringify({ id: "x", choices: [{ index: 0, delta, finish_reason: finish }], ...rest });

Deno.test("read() tells tokens from chunks that bear none", () => {
  const table: [string, string, StreamEvent, StreamEvent?][] = [
    ["text", chunk({ content: "Hi" }), { isToken: true }],
    ["text with the role", chunk({ role: "assistant", content: "Hi" }), { isToken: true }],
    ["reasoning", chunk({ reasoning_content: "hm", content: null }), { isToken: true }],
    ["text that looks like keys", chunk({ content: '"finish_reason": "stop", "usage": {}' }), {
      isToken: true,
    }],
    ["role only", chunk({ role: "assistant", content: "" }), { isToken: false }, { isToken: true }],
    ["empty delta", chunk({}), { isToken: false }, { isToken: true }],
    ["finish", chunk({}, "stop"), { isToken: false, finishReason: "stop" }],
    ["text and finish", chunk({ content: "." }, "length"), { isToken: true, finishReason: "length" }],
    [
      "usage only",
      JSON.stringify({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 7 } }),
      { isToken: false, usage: { promptTokens: 5, completionTokens: 7 } },
    ],
    [
      "running usage",
      chunk({ content: "a" }, null, { usage: { prompt_tokens: 5, completion_tokens: 2 } }),
      { isToken: true, usage: { promptTokens: 5, completionTokens: 2 }, completionTokensSoFar: 2 },
    ],
    [
      "cached tokens",
      JSON.stringify({
        choices: [],
        usage: { prompt_tokens: 5, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 3 } },
      }),
      { isToken: false, usage: { promptTokens: 5, completionTokens: 7, cachedTokens: 3 } },
    ],
    ["error", JSON.stringify({ error: { message: "out of memory", code: 500 } }), {
      isToken: false,
      error: "out of memory",
    }],
    ["end mark", "[DONE]", { isToken: false, isEnd: true }],
  ];
  for (const [name, text, expected, perTokenExpected = expected] of table) {
    assert.deepEqual(read(text), expected, name);
    assert.deepEqual(read(text, perToken), perTokenExpected, `${name}, server sends a chunk per token`);
  }
});

Deno.test("read() understands mini-sglang's own bytes", () => {
  const head = '{"id": "cmpl-7", "object": "text_completion.chunk", "choices": [{"delta": ';
  const tail = ', "index": 0, "finish_reason": null}]}';
  assert.deepEqual(read(`${head}{"role": "assistant", "content": "Hello"}${tail}`, perToken), {
    isToken: true,
  });
  assert.deepEqual(read(`${head}{"content": " \\u4f60"}${tail}`, perToken), { isToken: true });
  assert.deepEqual(read(`${head}{}${tail}`, perToken), { isToken: true });
  assert.deepEqual(read(`${head}{}, "index": 0, "finish_reason": "stop"}]}`, perToken), {
    isToken: false,
    finishReason: "stop",
  });
});

Deno.test("read() refuses what is not a JSON object, showing it", () => {
  assert.throws(() => read('{"choices": ['), /not JSON: "\{\\"choices\\": \["/);
  assert.throws(() => read("[1]"), /not a JSON object/);
  assert.throws(() => read("null"), SyntaxError);
});

Deno.test("read() judges by keys, not by what the text says: the quick look agrees with the parser", () => {
  const text = fc.string({
    unit: fc.constantFrom(
      '"',
      "\\",
      ":",
      "{",
      "}",
      "content",
      "finish_reason",
      "usage",
      "error",
      "null",
      " ",
      "é",
      "a",
    ),
  });
  const choice = fc.record({
    content: fc.option(text),
    finish: fc.constantFrom(null, "stop"),
    spaced: fc.boolean(),
  });
  fc.assert(fc.property(choice, ({ content, finish, spaced }) => {
    const plain = chunk({ content }, finish, { usage: null });
    const spacedOut = plain.replaceAll('":', '": '); // inside strings a quote is escaped, so only keys match
    const event = read(spaced && JSON.stringify(content).indexOf('":') < 0 ? spacedOut : plain);
    assert.deepEqual(event, {
      isToken: Boolean(content),
      ...(finish === null ? {} : { finishReason: finish }),
    });
  }));
});

Deno.test("body() sends what mini-sglang's client sends", () => {
  const request = {
    id: 0,
    messages: [{ role: "user" as const, content: "Hi" }],
    inputTokens: 9,
    outputTokens: 4,
    ignoreEos: true,
  };
  assert.deepEqual(
    JSON.parse(openaiChat.body(request, { model: "m", quirks: { ...perToken, takesInputLength: true } })),
    {
      model: "m",
      messages: [{ role: "user", content: "Hi" }],
      stream: true,
      max_tokens: 4,
      temperature: 0,
      top_k: 1,
      ignore_eos: true,
      input_length_override: 9,
    },
  );
  const extra = JSON.parse(
    openaiChat.body({ ...request, extraBody: { top_k: 5, seed: 1 } }, { model: "m", quirks: strict }),
  );
  assert.deepEqual([extra.top_k, extra.seed, extra.stream_options], [5, 1, { include_usage: true }]);
});
