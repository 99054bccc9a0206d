/**
 * A report as one self-contained HTML file: no request leaves it, and nothing but its own script runs in it.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { AnyFigure } from "../plots/mod.ts";
import type { KeyNumber } from "./blocks.ts";
import { type Html, html, trusted } from "./markup.ts";
import type { PageData } from "./page_data.ts";
import type { Report } from "./report.ts";
import { factList, renderSection } from "./section_html.ts";
import { styleSheet } from "./style.ts";

/** What the page needs besides its content. */
export interface RenderOptions {
  /** The bundled browser code. */
  readonly clientScript: string;
}

/**
 * Renders a report. All text and all tables stand in the HTML itself; the script adds the figures.
 *
 * @returns A whole HTML document.
 * @throws {RangeError} When the script cannot stand inside an HTML element.
 */
export function renderHtml(report: Report, { clientScript }: RenderOptions): string {
  const figures: AnyFigure[] = [];
  const main = html`
    ${header(report)} ${keyNumberList(report.keyNumbers, figures)}
    <div id="controls" hidden></div>
    <noscript><p class="banner warning">The figures need JavaScript. All text and all numbers are here without it.</p></noscript>
    ${report.sections.map((section) => renderSection(section, figures))}
  `;
  const data: PageData = { cells: report.cells, figures, downloads: report.downloads };
  const script = checkScript(clientScript);
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(styleSheet)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return String(html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${policy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="generator" content="benchbook">
        <title>${report.title}</title>
        <style>${trusted(styleSheet)}</style>
      </head>
      <body>
        <main>${main}</main>
        <script type="application/json" id="data">${trusted(escapeJson(data))}</script>
        <script>${trusted(script)}</script>
      </body>
    </html>
  `).trim() + "\n";
}

/** A parser would end the element, or read on past it, at these; bundlers escape them in what they write. */
function checkScript(script: string): string {
  const found = /<\/script|<!--|\r/i.exec(script);
  if (found === null) return script;
  throw new RangeError(
    `Cannot inline script as it must not contain ${JSON.stringify(found[0])}: found at ${found.index}`,
  );
}

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** JSON that cannot end the script element it stands in, nor be cut by a line separator. */
function escapeJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

function header(report: Report): Html {
  return html`
    <header>
      <p class="brand">benchbook report</p>
      <h1>${report.title}</h1>
      <p class="lead">${report.lead}</p>
      ${report.banners.map(({ kind, title, text }) =>
        html`<p class="banner ${kind}"><strong>${title}</strong> ${text}</p>`
      )}
      ${factList("chips", report.chips)}
    </header>
  `;
}

function keyNumberList(keyNumbers: readonly KeyNumber[], figures: AnyFigure[]): Html {
  return html`
    <dl class="key-numbers">
      ${keyNumbers.map(({ label, value, detail, failed, sparkline }) =>
        html`
          <div>
            <dt>${label}</dt>
            <dd class="value${failed ? " failed" : ""}">${value}</dd>
            ${sparkline !== null &&
              html`<dd class="sparkline" data-figure="${figures.push(sparkline) - 1}"></dd>`}
            <dd class="detail">${detail}</dd>
          </div>
        `
      )}
    </dl>
  `;
}
