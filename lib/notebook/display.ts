/**
 * What a notebook shows. Everything is sent as HTML: notebook front ends agree on that more than on SVG, which some
 * versions of nbconvert empty.
 *
 * @module
 */
import { type Content, html } from "../report/markup.ts";
import { notebookStyle } from "./style.ts";

/** The method by which Deno's Jupyter kernel asks a value how it looks. */
export const jupyterDisplay: unique symbol = Symbol.for("Jupyter.display");

/** A kind of content → the content. */
export type MediaBundle = Readonly<Record<string, string>>;

/** What the kernel can show, whoever made it. */
export interface Displayable {
  [jupyterDisplay](): MediaBundle | Promise<MediaBundle>;
}

/** Something that knows how it looks in a notebook, as a cell's last value or through {@linkcode show}. */
export class Display implements Displayable {
  readonly #content: () => Content | Promise<Content>;
  readonly #text: string;

  /**
   * @param content Made when it is shown.
   * @param text For front ends without HTML, and outside of notebooks.
   */
  constructor(content: () => Content | Promise<Content>, text: string) {
    this.#content = content;
    this.#text = text;
  }

  /** What is seen, as HTML that brings its own style and asks for nothing. */
  async html(): Promise<string> {
    const content = await this.#content();
    return String(html`<div class="benchbook"><style>${notebookStyle}</style>${content}</div>`).trim();
  }

  /** What is seen where there is no HTML. */
  toString(): string {
    return this.#text;
  }

  /** Asked by the kernel. */
  async [jupyterDisplay](): Promise<MediaBundle> {
    return { "text/html": await this.html(), "text/plain": this.#text };
  }
}

/**
 * The kernel may call a cell done before it sent what the cell showed, and front ends drop what comes late. With this pause
 * after each output 160 of 160 arrived, without it 97 of 100.
 */
const PAUSE_MS = 50;

/**
 * Shows things below the cell, one after the other. Always await it.
 *
 * Outside of a notebook their text is printed.
 *
 * @param things A string is a paragraph.
 */
export async function show(...things: readonly (Displayable | string)[]): Promise<void> {
  const kernel = findKernel();
  for (const thing of things) {
    const shown = typeof thing === "string" ? new Display(() => html`<p>${thing}</p>`, thing) : thing;
    const bundle = await shown[jupyterDisplay]();
    if (kernel === null) {
      // deno-lint-ignore no-console -- a notebook's code may run as a program
      console.log(bundle["text/plain"] ?? "");
      continue;
    }
    await kernel.display(bundle, { raw: true });
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Deno throws where it is asked for its kernel outside of one. */
function findKernel(): Pick<typeof Deno.jupyter, "display"> | null {
  try {
    return Deno.jupyter;
  } catch {
    return null;
  }
}
