import assert from "node:assert/strict";

import { tokenizeChat, tokenizeText } from "../../../lib/simulator/tokenize.ts";
import type { ChatMessage } from "../../../lib/types.ts";
import { askableTurns, cutPrompt, promptTokens } from "../../../lib/workload/datasets/mod.ts";

const user = (content: string): ChatMessage => ({ role: "user", content });
const assistant = (content: string): ChatMessage => ({ role: "assistant", content });
const system = (content: string): ChatMessage => ({ role: "system", content });
/** A token per letter. */
const letters = (text: string) => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));

Deno.test("promptTokens() counts as the simulated engine does, and has equal fronts where it has", () => {
  const chats = [
    [user("Hello")],
    [system("Be brief."), user("Hello"), assistant("Hi"), user("How are you?")],
    [system("Be brief."), user("Hello"), assistant("Hey"), user("How are you?")],
  ];
  const ours = chats.map((messages) => promptTokens(messages, tokenizeText));
  const theirs = chats.map((messages) => tokenizeChat(messages));
  assert.deepEqual(ours.map(({ length }) => length), theirs.map(({ length }) => length));
  const shared = (a: Int32Array | undefined, b: Int32Array | undefined) =>
    a?.findIndex((id, i) => id !== b?.[i]) ?? NaN;
  for (const [i, j] of [[0, 1], [1, 2]] as const) {
    assert.equal(shared(ours[i], ours[j]), shared(theirs[i], theirs[j]));
    assert.ok(shared(ours[i], ours[j]) > 0);
  }
});

Deno.test("a role is part of a prompt's front", () => {
  const asUser = promptTokens([user("Hello")], letters);
  const asSystem = promptTokens([system("Hello")], letters);
  assert.equal(asUser.length, asSystem.length);
  assert.notDeepEqual(asUser, asSystem);
});

Deno.test("askableTurns() ends at the first question whose answer the row does not have", () => {
  const cases: [ChatMessage[], number][] = [
    [[user("a")], 1],
    [[system("s"), user("a")], 2],
    [[user("a"), assistant("b"), user("c")], 3],
    [[user("a"), assistant("b")], 1],
    [[user("a"), user("b"), user("c")], 1],
    [[system("s"), user("a"), assistant("b"), user("c"), user("d")], 4],
    [[assistant("hello"), user("a")], 2],
  ];
  for (const [turns, count] of cases) assert.deepEqual(askableTurns(turns), turns.slice(0, count));
});

Deno.test("cutPrompt() leaves a prompt that fits, and cuts the last message of one that does not", () => {
  const fits = [user("Hello")];
  assert.equal(cutPrompt(fits, { maxTokens: 13, encode: letters }), fits); // 5 letters and 8 of template
  assert.deepEqual(cutPrompt(fits, { maxTokens: 12, encode: letters }), [user("Hell")]);
  const chat = [system("Be brief."), user("x".repeat(1000))];
  // 9 letters and 13 of template leave 28
  assert.deepEqual(cutPrompt(chat, { maxTokens: 50, encode: letters }), [
    system("Be brief."),
    user("x".repeat(28)),
  ]);
  assert.equal(cutPrompt(chat, { maxTokens: 22, encode: letters }), null);
});

Deno.test("a cut prompt is never too long, and few characters shorter than it could be, whatever a token is", () => {
  const encodes = {
    letters,
    words: tokenizeText,
    halves: (text: string) => Array(Math.ceil(text.length / 2)).fill(0),
  };
  const text = "the quiet town, 1234567890 — über Straße; ".repeat(50);
  for (const [name, encode] of Object.entries(encodes)) {
    for (let maxTokens = 9; maxTokens < 200; maxTokens += 7) {
      const [message] = cutPrompt([user(text)], { maxTokens, encode }) ?? [];
      if (message === undefined) continue;
      assert.ok(promptTokens([message], encode).length <= maxTokens, `${name} ${maxTokens}`);
      const longer = promptTokens([user(text.slice(0, message.content.length + 9))], encode).length;
      assert.ok(longer > maxTokens, `${name} ${maxTokens}: ${message.content.length} characters`);
    }
  }
});

Deno.test("a cut never halves a character", () => {
  for (let maxTokens = 9; maxTokens < 30; maxTokens++) {
    const [message] = cutPrompt([user("😀".repeat(30))], { maxTokens, encode: letters }) ?? [];
    assert.ok(message?.content.isWellFormed() ?? true);
  }
});
