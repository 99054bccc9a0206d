import assert from "node:assert/strict";

import type { ChatMessage } from "../../../lib/types.ts";
import { ChatHistory, promptTokens } from "../../../lib/workload/datasets/mod.ts";

/** A token per letter. */
const encode = (text: string) => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
const system: ChatMessage = { role: "system", content: "Be brief." };

Deno.test("a history holds what was asked and answered, after the system's message", () => {
  const history = new ChatHistory({ system: [system], encode });
  assert.deepEqual(history.ask("one").messages, [system, { role: "user", content: "one" }]);
  history.answer("1");
  const prompt = history.ask("two");
  assert.deepEqual(prompt.messages, [
    system,
    { role: "user", content: "one" },
    { role: "assistant", content: "1" },
    { role: "user", content: "two" },
  ]);
  assert.equal(prompt.tokens, promptTokens(prompt.messages, encode).length);
  assert.equal(prompt.droppedMessages, 0);
});

Deno.test("the oldest turns go first, each question with its answer; the system's message stays", () => {
  // three messages of 1 letter and their template are 3 × 6 + 3 = 21 tokens, the system's 14 more
  const history = new ChatHistory({ system: [system], encode, maxTokens: 14 + 21 });
  const asked: number[][] = [];
  for (const text of ["a", "b", "c", "d"]) {
    const { messages, tokens, droppedMessages } = history.ask(text);
    asked.push([messages.length, tokens, droppedMessages]);
    assert.equal(messages[0], system);
    assert.equal(messages[1]?.role, "user");
    history.answer(text.toUpperCase());
  }
  // a → a A b → (a A gone) b B c → (b B gone) c C d, each with the system's message before it
  assert.deepEqual(asked, [[2, 23, 0], [4, 35, 0], [4, 35, 2], [4, 35, 4]]);
});

Deno.test("a question that alone is too long is asked all the same", () => {
  const history = new ChatHistory({ system: [], encode, maxTokens: 10 });
  history.ask("short");
  history.answer("ok");
  const { messages, droppedMessages } = history.ask("x".repeat(100));
  assert.deepEqual([messages.length, droppedMessages], [1, 2]);
});
