import assert from "node:assert/strict";

import { parseChatRequest, parseGenerateRequest } from "../../lib/simulator/requests.ts";

const chat = (body: unknown) => parseChatRequest(JSON.stringify(body));
const user = { role: "user", content: "hello world" };

Deno.test("parseChatRequest counts the prompt and takes max_tokens", () => {
  const result = chat({ model: "m", messages: [user], max_tokens: 7, stream: true, unknown_field: {} });
  assert.deepEqual(result, { kind: "ok", request: { inputTokens: 10, maxTokens: 7 } });
});

Deno.test("parseChatRequest falls back to 16 tokens and to the plain prompt", () => {
  assert.deepEqual(chat({ model: "m", prompt: "hello world" }), {
    kind: "ok",
    request: { inputTokens: 2, maxTokens: 16 },
  });
});

Deno.test("parseChatRequest takes an empty prompt for one token", () => {
  assert.deepEqual(chat({ model: "m", prompt: "" }), {
    kind: "ok",
    request: { inputTokens: 1, maxTokens: 16 },
  });
});

Deno.test("parseChatRequest says where a body is wrong", () => {
  const cases: readonly [body: unknown, type: string, where: string][] = [
    [{ messages: [user] }, "missing", "body.model"],
    [{ model: 3, messages: [user] }, "string_type", "body.model"],
    [{ model: "m" }, "missing", "body.prompt"],
    [{ model: "m", messages: [] }, "missing", "body.prompt"],
    [{ model: "m", messages: [7] }, "model_attributes_type", "body.messages.0"],
    [
      { model: "m", messages: [user, { role: "tool", content: "" }] },
      "literal_error",
      "body.messages.1.role",
    ],
    [{ model: "m", messages: [{ role: "user" }] }, "missing", "body.messages.0.content"],
    [{ model: "m", messages: [{ role: "user", content: [] }] }, "string_type", "body.messages.0.content"],
    [{ model: "m", messages: [user], max_tokens: 1.5 }, "int_type", "body.max_tokens"],
    [{ model: "m", messages: [user], max_tokens: null }, "int_type", "body.max_tokens"],
    [{ model: "m", messages: [user], max_tokens: 0 }, "greater_than_equal", "body.max_tokens"],
    [{ model: "m", messages: [user], max_tokens: -1 }, "greater_than_equal", "body.max_tokens"],
    [[], "model_attributes_type", "body"],
    [null, "model_attributes_type", "body"],
  ];
  for (const [body, type, where] of cases) {
    const result = chat(body);
    assert.equal(result.kind, "invalid", JSON.stringify(body));
    if (result.kind !== "invalid") continue;
    const problems = result.problems.map((problem) => [problem.type, problem.loc.join(".")]);
    assert.deepEqual(problems, [[type, where]], JSON.stringify(body));
  }
});

Deno.test("parseChatRequest reports everything that is wrong at once", () => {
  const result = chat({ messages: [{ role: "user", content: 1 }], max_tokens: "many" });
  assert.equal(result.kind === "invalid" && result.problems.length, 3);
});

Deno.test("parseChatRequest reports text that is not JSON", () => {
  const result = parseChatRequest('{"model": ');
  assert.equal(result.kind === "invalid" && result.problems[0]?.type, "json_invalid");
});

Deno.test("parseGenerateRequest needs prompt and max_tokens", () => {
  assert.deepEqual(parseGenerateRequest('{"prompt": "hello", "max_tokens": 3}'), {
    kind: "ok",
    request: { inputTokens: 1, maxTokens: 3 },
  });
  const result = parseGenerateRequest("{}");
  assert.deepEqual(result.kind === "invalid" && result.problems.map(({ loc }) => loc[1]), [
    "prompt",
    "max_tokens",
  ]);
});
