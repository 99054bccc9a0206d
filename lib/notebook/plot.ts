/**
 * Figures of a notebook's own making.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";

import { drawFrame } from "../plots/frame.ts";
import { html, trusted } from "../report/markup.ts";
import { Display } from "./display.ts";
import { openDocument } from "./draw.ts";

/** Plot's own options, and what stands above the picture. */
export interface PlotDisplayOptions extends Plot.PlotOptions {
  /** @default {""} */
  readonly title?: string;
  /** One sentence that says what is seen. @default {""} */
  readonly caption?: string;
}

/**
 * Draws with Observable Plot in the frame that all figures have.
 *
 * @example
 * ```ts
 * import { Plot, plot } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const rows = [{ load: 1, ms: 20 }, { load: 2, ms: 35 }];
 * const drawing = plot({ title: "TTFT", marks: [Plot.dot(rows, { x: "load", y: "ms" })] });
 * assert.match(await drawing.html(), /<h3>TTFT<\/h3>.*<circle/s);
 * ```
 */
export function plot(
  { title = "", caption = "", width = 900, ...options }: PlotDisplayOptions,
): Display {
  return new Display(async () => {
    const drawing = drawFrame({ title, caption }, { ...options, width, document: await openDocument() });
    return html`
      <figure>
        ${title !== "" && html`<h3>${title}</h3>`}
        ${caption !== "" && html`<figcaption>${caption}</figcaption>`}
        ${trusted(drawing.outerHTML)}
      </figure>
    `;
  }, [title, caption].filter((text) => text !== "").join("\n") || "a figure");
}

export { Plot };
