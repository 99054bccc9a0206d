/**
 * HTML from templates that escape everything put into them.
 *
 * @module
 */

/** Text that is HTML already. Only {@linkcode html} and {@linkcode trusted} make it. */
export class Html {
  readonly #text: string;

  /** @param text HTML, escaped where it must be. */
  constructor(text: string) {
    this.#text = text;
  }

  /** The HTML. */
  toString(): string {
    return this.#text;
  }
}

/** What a template takes: text is escaped, lists are joined, `null` and `false` leave nothing. */
export type Content = string | number | Html | null | false | readonly Content[];

/**
 * Template tag that escapes every value, in text and in quoted attributes.
 *
 * @example
 * ```ts
 * import { html } from "./markup.ts";
 * import assert from "node:assert/strict";
 *
 * const name = `<img src=x onerror="alert(1)">`;
 * assert.equal(String(html`<b>${name}</b>`), "<b>&lt;img src=x onerror=&quot;alert(1)&quot;&gt;</b>");
 * ```
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(render)));
}

/** Declares text to be HTML. For text of our own making only. */
export function trusted(text: string): Html {
  return new Html(text);
}

function render(content: Content): string {
  if (content === null || content === false) return "";
  if (content instanceof Html) return content.toString();
  if (typeof content === "object") return content.map(render).join("");
  return escape(String(content));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
