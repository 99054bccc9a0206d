/**
 * A report as one self-contained HTML file: no request leaves it, and nothing but its own script runs in it.
 *
 * @module
 */
import type { AnyFigure } from "../plots/mod.ts";
import type { KeyNumber } from "./blocks.ts";
import { renderContents, renderVerdicts } from "./contents.ts";
import { renderDocument } from "./document.ts";
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
  const { sections } = report;
  const main = html`
    ${header(report)} ${keyNumberList(report.keyNumbers, figures)}
    <div id="bar">
      <div id="top">${renderContents(sections)}<div id="colours"></div></div>
      <div id="controls" hidden></div>
    </div>
    <noscript><p class="banner warning">The figures need JavaScript. All text and all numbers are here without it.</p></noscript>
    ${sections.map((section) => renderSection(section, figures))}
    <p id="status" role="status" class="unseen"></p>
  `;
  const data: PageData = { cells: report.cells, figures, downloads: report.downloads };
  return renderDocument({
    title: report.title,
    style: styleSheet,
    body: html`
      <main>${main}</main>
      <script type="application/json" id="data">${trusted(escapeJson(data))}</script>
    `,
    script: clientScript,
  });
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
      ${factList("chips", report.chips)} ${renderVerdicts(report.sections)}
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
