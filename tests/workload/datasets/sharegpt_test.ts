import assert from "node:assert/strict";

import { type SessionOptions, toSession } from "../../../lib/workload/datasets/sharegpt.ts";

/** "u:", "a:", "s:" and the content of each turn, or "none: reason". */
function describeSession(row: object, options: SessionOptions = {}): string {
  const session = toSession({ ...row }, options);
  if (session.kind === "none") return `none: ${session.reason}`;
  return session.turns.map(({ role, content }) => `${role[0]}:${content}`).join("|");
}

const turn = (from: string, value: unknown) => ({ from, value });
const human = (value: unknown) => turn("human", value);
const gpt = (value: unknown) => turn("gpt", value);

const ROWS: readonly [string, object, string][] = [
  ["a conversation", { conversations: [human("a"), gpt("b"), human("c")] }, "u:a|a:b|u:c"],
  [
    "speakers of other files",
    { conversations: [turn("User", "a"), turn("chatgpt", "b"), turn("bard", "c")] },
    "u:a|a:b\n\nc",
  ],
  ["OpenAI's messages", {
    messages: [{
      role: "user",
      content: [{ type: "text", text: " a " }, { type: "image_url" }, { type: "text", text: "b" }],
    }],
  }, "u:a\nb"],
  ["messages beside a null", { conversations: null, messages: [{ role: "user", content: "a" }] }, "u:a"],
  ["items", { items: [human("a")] }, "u:a"],
  ["a single text", { text: " a " }, "u:a"],
  ["a single prompt", { prompt: "a", text: null }, "u:a"],
  ["a system prompt", { conversations: [turn("system", "s"), gpt("x"), human("a")] }, "s:s|u:a"],
  ["an answer before the first question", { conversations: [gpt("x"), human("a"), gpt("b")] }, "u:a|a:b"],
  [
    "turns without text",
    { conversations: [human("  "), human("a"), gpt(""), human(null), gpt("b")] },
    "u:a|a:b",
  ],
  [
    "two turns of one speaker",
    { conversations: [human("a"), human("b"), gpt("c"), gpt("d")] },
    "u:a\n\nb|a:c\n\nd",
  ],
  ["no turns", { conversations: [] }, "none: no turn of the user"],
  ["answers alone", { conversations: [gpt("x")] }, "none: no turn of the user"],
  [
    "an unknown speaker",
    { conversations: [human("a"), turn("constructor", "b")] },
    "none: turns of 'constructor', which has no role",
  ],
];

for (const [what, row, expected] of ROWS) {
  Deno.test(`toSession() reads ${what}`, () => assert.equal(describeSession(row), expected));
}

Deno.test("toSession() leaves short sessions out and cuts long ones, with their answers", () => {
  const row = { conversations: [human("a"), gpt("b"), human("c"), gpt("d"), human("e")] };
  assert.equal(describeSession(row, { maxTurns: 1 }), "u:a|a:b");
  assert.equal(describeSession(row, { minTurns: 3, maxTurns: 3 }), "u:a|a:b|u:c|a:d|u:e");
  assert.equal(describeSession(row, { minTurns: 4 }), "none: fewer than 4 turns of the user");
  const session = toSession(row, { maxTurns: 1 });
  assert.ok(session.kind === "session" && session.cutTurns === 2);
});

Deno.test("toSession() takes the roles that it is told, also against its own", () => {
  const row = { conversations: [turn("tool", "x"), human("a"), turn("bot", "b"), gpt("c")] };
  assert.equal(
    describeSession(row, { roles: { tool: "skip", bot: "assistant", gpt: "user" } }),
    "u:a|a:b|u:c",
  );
});

Deno.test("toSession() finds the id", () => {
  const idOf = (row: object) => {
    const session = toSession({ text: "a", ...row });
    return session.kind === "session" ? session.id : session;
  };
  assert.deepEqual([{ id: "x", session_id: "y" }, { id: "", session_id: "y" }, { id: 0 }, {}].map(idOf), [
    "x",
    "y",
    "0",
    null,
  ]);
});

const BAD: readonly [object, RegExp][] = [
  [{}, /^'conversations' must be a list of turns: the field is missing$/],
  [{ conversations: "a" }, /^'conversations' must be a list of turns: current value is "a"$/],
  [{ conversations: ["a"] }, /^'conversations\[0\]' must be a JSON object/],
  [{ messages: [{ content: "a" }] }, /^'messages\[0\]\.from' must be a text: the field is missing$/],
  [{ conversations: [human(5)] }, /^'conversations\[0\]\.value' must be a text: current value is 5$/],
  [{ text: "a", id: [] }, /^'id' must be a text or a number/],
];

for (const [row, message] of BAD) {
  Deno.test(`toSession() refuses ${JSON.stringify(row)}`, () => {
    assert.throws(() => toSession({ ...row }), { name: "SyntaxError", message });
  });
}
