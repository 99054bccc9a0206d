/**
 * An executed notebook as one self-contained HTML file in the look of the report: no request leaves it, and no script runs
 * in it.
 *
 * @module
 */
import { parseHTML } from "linkedom";
import { Marked } from "marked";

import { type Content, type Html, html, trusted } from "../report/markup.ts";
import { quoteForShell } from "../report/provenance.ts";
import { styleSheet } from "../report/style.ts";
import type { JsonObject } from "../types.ts";
import { codeCells, hasTag, type Notebook, type Output } from "./notebook_file.ts";

/** What a page shows of a notebook. */
export interface NotebookPageOptions {
  /** Where the notebook is, for the foot, and for the title when it has no heading. */
  readonly path: string;
  /** Parameters that were set, by name: for the title, and to make the page again. @default none */
  readonly settings?: ReadonlyMap<string, string>;
  /** Whether the code is there, folded. @default {true} */
  readonly showsCode?: boolean;
}

/**
 * Renders a notebook with its outputs.
 *
 * HTML that cells show is kept as it is, but scripts in it do not run. HTML in Markdown is shown as text. Code of cells
 * tagged `hide-input` is left out, cells tagged `hide-cell` altogether.
 *
 * @returns A whole HTML document.
 *
 * @example
 * ```ts
 * import { renderNotebook } from "./notebook_page.ts";
 * import { parseNotebook } from "./notebook_file.ts";
 * import assert from "node:assert/strict";
 *
 * const cells = [{ cell_type: "markdown", metadata: {}, source: "# Latency of <b>one</b> run" }];
 * const notebook = parseNotebook(JSON.stringify({ nbformat: 4, cells }), "latency.ipynb");
 * const page = renderNotebook(notebook, { path: "notebooks/latency.ipynb" });
 * assert.match(page, /<h1>Latency of &lt;b&gt;one&lt;\/b&gt; run<\/h1>/);
 * ```
 */
export function renderNotebook(
  notebook: Notebook,
  { path, settings = new Map(), showsCode = true }: NotebookPageOptions,
): string {
  const numbers = new Map(codeCells(notebook).map(({ cell, number }) => [cell, number]));
  const content = notebook.cells.map((cell) => {
    if (hasTag(cell, "hide-cell")) return null;
    if (cell.kind !== "code") {
      return cell.kind === "raw"
        ? html`<pre>${cell.source}</pre>`
        : html`<div class="prose">${renderMarkdown(cell.source)}</div>`;
    }
    const number = numbers.get(cell);
    if (number === undefined) return null;
    return html`
      <div class="cell" id="cell-${number}">
        ${showsCode && !hasTag(cell, "hide-input") &&
          html`
            <details class="code">
              <summary>Code of cell ${number}</summary>
              <pre>${cell.source}</pre>
            </details>
          `}
        ${cell.outputs.map(renderOutput)}
      </div>
    `;
  });
  return String(html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${POLICY}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="generator" content="benchbook">
        <title>${[findTitle(notebook) ?? path, ...settings.values()].join(" · ")}</title>
        <style>${trusted(styleSheet + notebookRules)}</style>
      </head>
      <body>
        <main>
          <p class="brand">benchbook notebook</p>
          ${settings.size > 0 &&
            html`<p class="brand">With ${
              [...settings].map(([name, value]) => `${name} = ${value}`).join(", ")
            }</p>`}
          ${content}
          <footer>Made from ${path}. Make it again: <code>${commandFor(path, settings)}</code></footer>
        </main>
      </body>
    </html>
  `).trim() + "\n";
}

function commandFor(path: string, settings: ReadonlyMap<string, string>): string {
  const variables = [...settings].map(([name, value]) => `${name}=${quoteForShell(value)} `).join("");
  return `${variables}deno task notebooks:html ${quoteForShell(path)}`;
}

/** What cells show brings its own style; nothing else is let in. */
const POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const notebookRules = `
.prose, .cell { margin-top: 1.25rem; }
.prose { max-width: 46rem; }
.prose > * + * { margin-top: 0.75rem; }
.prose > h2, .prose > h3 { margin-top: 2rem; }
.prose table { width: auto; }
.prose img, .output img { max-width: 100%; height: auto; }
.output > img { background: #fff; }
.cell > * + * { margin-top: 0.75rem; }
code { font: 0.9em ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
pre code { font: inherit; }
.prose pre { white-space: pre-wrap; overflow-wrap: anywhere; }
details.code > summary { color: var(--soft); font-size: var(--small); font-weight: 400; }
.output { overflow-x: auto; }
.output pre, pre.output { white-space: pre-wrap; overflow-wrap: anywhere; }
pre.stderr { border-left: 6px solid var(--amber); }
pre.error { border-left: 6px solid var(--failure); color: var(--failure); }
footer { margin-top: 3.5rem; color: var(--soft); font-size: var(--small); overflow-wrap: anywhere; }
@media print { details.code:not([open]) { display: none; } .output { break-inside: avoid; overflow: visible; } }
`;

/** The first heading. */
function findTitle({ cells }: Notebook): string | null {
  for (const cell of cells) {
    const heading = cell.kind === "markdown" && cell.source.match(/^#\s+(.+?)\s*#*$/m)?.[1];
    if (heading) return heading.replaceAll(/[*_`]/g, "");
  }
  return null;
}

/** Markdown without HTML of its own; links lead to web pages, mail and this page, pictures are data in the page. */
function renderMarkdown(text: string): Html {
  return trusted(markdown.parse(text, { async: false }));
}

const markdown = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => String(html`${text}`),
    link({ href, tokens }) {
      const text = trusted(this.parser.parseInline(tokens));
      if (!/^(https?:|mailto:|#)/i.test(href)) return String(text);
      return String(html`<a href="${href}">${text}</a>`);
    },
    image({ href, text }) {
      if (/^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/i.test(href)) {
        return String(html`<img src="${href}" alt="${text}">`);
      }
      return String(html`${text || href}`);
    },
  },
});

function renderOutput(output: Output): Content {
  switch (output.kind) {
    case "stream":
      return html`<pre class="output ${output.name}">${plain(output.text)}</pre>`;
    case "error":
      return html`<pre class="output error" role="alert">${plain(describeError(output))}</pre>`;
    case "display":
    case "result":
      return html`<div class="output">${renderData(output.data)}</div>`;
  }
}

function describeError({ name, message, traceback }: Output & { readonly kind: "error" }): string {
  const title = message === "" ? name : `${name}: ${message}`;
  const [first = "", ...stack] = traceback;
  return [title, ...(plain(first) === title ? stack : traceback)].join("\n");
}

const pictures = ["image/png", "image/jpeg", "image/gif"];

/** The richest form that a page without scripts can show. */
function renderData(data: JsonObject): Content {
  const text = (type: string) => {
    const content = data[type];
    return typeof content === "string" && content !== "" ? content : null;
  };
  const page = text("text/html");
  if (page !== null) return trusted(withinElement(page));
  const drawing = text("image/svg+xml");
  // As a picture, and not as elements: ids in it then mean nothing to the rest of the page.
  if (drawing !== null) {
    return html`<img alt="" src="data:image/svg+xml,${encodeURIComponent(withNamespace(drawing))}">`;
  }
  for (const type of pictures) {
    const content = text(type);
    if (content !== null) {
      return html`<img alt="" src="data:${type};base64,${content.replaceAll(/\s/g, "")}">`;
    }
  }
  const prose = text("text/markdown");
  if (prose !== null) return html`<div class="prose">${renderMarkdown(prose)}</div>`;
  const lines = text("text/plain");
  if (lines !== null) return html`<pre>${plain(lines)}</pre>`;
  const json = data["application/json"];
  return json === undefined ? null : html`<pre>${JSON.stringify(json, null, 2)}</pre>`;
}

/** Elements that would act beyond what a cell shows: lead away, load, or run. */
const ACTIVE = "script, meta, base, link, iframe, frame, object, embed, title";

/** HTML whose every tag is closed, so that it ends where the cell's output ends. */
function withinElement(text: string): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const element = document.createElement("div");
  element.innerHTML = text;
  for (const active of element.querySelectorAll(ACTIVE)) active.remove();
  return element.innerHTML;
}

/** An SVG file names its namespace; one made by a document for a page need not. */
function withNamespace(svg: string): string {
  return /^[^>]*\sxmlns=/.test(svg) ? svg : svg.replace("<svg", `<svg xmlns="http://www.w3.org/2000/svg"`);
}

/** Without the codes by which a terminal colours text. */
function plain(text: string): string {
  // deno-lint-ignore no-control-regex -- the codes begin with one
  return text.replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, "");
}
