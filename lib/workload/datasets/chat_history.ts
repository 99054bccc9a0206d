/**
 * A conversation as the engine sees it: what was asked, what it answered, and no more than fits.
 *
 * @module
 */
import type { ChatMessage } from "../../types.ts";
import { type Encode, templateTokens } from "./prompt_tokens.ts";

/** Options of {@linkcode ChatHistory}. */
export interface ChatHistoryOptions {
  /** Messages that stay at the front. */
  readonly system: readonly ChatMessage[];
  readonly encode: Encode;
  /** Longest prompt in tokens, the chat template included. @default {Infinity} */
  readonly maxTokens?: number;
}

/** The next prompt of a conversation. */
export interface HistoryPrompt {
  readonly messages: readonly ChatMessage[];
  /** Chat template included. */
  readonly tokens: number;
  /** Messages left out since the beginning. */
  readonly droppedMessages: number;
}

interface CountedMessage {
  readonly message: ChatMessage;
  readonly tokens: number;
}

/**
 * Keeps a conversation's history. When it gets too long, its oldest turns go, each question with its answer; the system's
 * messages and the question that is asked stay, also when they alone are too long.
 *
 * @example
 * ```ts
 * import { ChatHistory } from "./chat_history.ts";
 * import assert from "node:assert/strict";
 *
 * const encode = (text: string) => Array.from(text, (char) => char.charCodeAt(0)); // a token per letter
 * const history = new ChatHistory({ system: [], encode, maxTokens: 30 });
 * history.ask("first");
 * history.answer("yes");
 * const { messages, droppedMessages } = history.ask("second"); // 5 + 3 + 6 letters and 18 of template are 32
 * assert.deepEqual([messages, droppedMessages], [[{ role: "user", content: "second" }], 2]);
 * ```
 */
export class ChatHistory {
  readonly #system: readonly CountedMessage[];
  readonly #encode: Encode;
  readonly #maxTokens: number;
  #messages: CountedMessage[] = [];
  #dropped = 0;

  constructor({ system, encode, maxTokens = Infinity }: ChatHistoryOptions) {
    this.#encode = encode;
    this.#maxTokens = maxTokens;
    this.#system = system.map((message) => this.#count(message));
  }

  /** Adds a question. @returns The prompt that asks it. */
  ask(content: string): HistoryPrompt {
    this.#messages.push(this.#count({ role: "user", content }));
    while (this.#tokens() > this.#maxTokens && this.#messages.length > 1) this.#dropTurn();
    return {
      messages: [...this.#system, ...this.#messages].map(({ message }) => message),
      tokens: this.#tokens(),
      droppedMessages: this.#dropped,
    };
  }

  /** Adds the answer to the last question. */
  answer(content: string): void {
    this.#messages.push(this.#count({ role: "assistant", content }));
  }

  #count(message: ChatMessage): CountedMessage {
    return { message, tokens: this.#encode(message.content).length };
  }

  #tokens(): number {
    const all = [...this.#system, ...this.#messages];
    return all.reduce((sum, { tokens }) => sum + tokens, templateTokens(all.length));
  }

  /** Takes away the oldest question and what was said until the next. */
  #dropTurn(): void {
    const next = this.#messages.findIndex(({ message }, i) => i > 0 && message.role === "user");
    this.#dropped += next;
    this.#messages = this.#messages.slice(next);
  }
}
