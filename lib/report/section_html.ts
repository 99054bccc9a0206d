/**
 * The sections of a report as HTML.
 *
 * @module
 */
import { type AnyFigure, cellColor, type CellKey } from "../plots/mod.ts";
import type { Block, Column, Fact, Row, Section, Table } from "./blocks.ts";
import { figureId } from "./figure_id.ts";
import { type Content, type Html, html } from "./markup.ts";

/**
 * Renders a section.
 *
 * @param figures Takes the section's figures; each element names its figure by the place in this list.
 */
export function renderSection({ id, title, blocks, folded = false }: Section, figures: AnyFigure[]): Html {
  const content = html`<div class="blocks">${blocks.map((block) => renderBlock(block, figures))}</div>`;
  return html`
    <section id="${id}">
      ${folded
        ? html`<details><summary><h2>${title}</h2></summary>${content}</details>`
        : html`<h2>${title}</h2>${content}`}
    </section>
  `;
}

/** Renders a piece of a section; `figures` takes its figures as in {@linkcode renderSection}. */
export function renderBlock(block: Block, figures: AnyFigure[]): Content {
  switch (block.kind) {
    case "text":
      return html`<p>${block.text}</p>`;
    case "verdict":
      return html`
        <div class="verdict ${block.valid ? "valid" : "invalid"}">
          <p><strong>${block.title}</strong></p>
          <p>${block.text}</p>
          ${list(block.reasons)}
        </div>
      `;
    case "figure":
      return renderFigure(block, figures);
    case "table":
      return renderTable(block);
    case "facts":
      return html`
        <div class="half">
          <h3>${block.title}</h3>
          ${factList("facts", block.facts)}
        </div>
      `;
    case "list":
      return html`<div><h3>${block.title}</h3>${list(block.items)}</div>`;
    case "code":
      return block.folded
        ? html`
          <details>
            <summary>${block.title}</summary>
            <pre tabindex="0">${block.text}</pre>
          </details>
        `
        : html`
          <div class="code">
            <h3>${block.title}</h3>
            <pre tabindex="0">${block.text}</pre>
          </div>
        `;
    case "downloads":
      return html`
        <div id="downloads">
          <h3>Data</h3>
          <p>${block.note}</p>
        </div>
      `;
  }
}

function renderFigure(
  { figure, width, onlyFor }: Extract<Block, { kind: "figure" }>,
  figures: AnyFigure[],
): Html {
  return html`
    <figure id="${figureId(figure, figures)}" class="${width}" data-only-for="${onlyFor ?? ""}">
      <h3>${figure.title}</h3>
      <figcaption>${figure.caption}</figcaption>
      <div
        class="drawing"
        data-figure="${figures.push(figure) - 1}"
        tabindex="0"
        role="group"
        aria-label="${figure.title}: arrow keys go from point to point, Escape undoes a zoom"
      ></div>
    </figure>
  `;
}

/** Tables are much of a page: where all columns but the first are numbers, the table says so, not each cell. */
function renderTable({ caption, columns, rows }: Table): Html {
  const areNumbers = columns.every(({ numeric }, place) => numeric === place > 0);
  const align = (place: number) => columns[place]?.numeric === true ? "numeric" : "";
  const header = ({ label }: Column, place: number) =>
    areNumbers
      ? html`<th scope="col">${label}</th>`
      : html`<th scope="col" class="${align(place)}">${label}</th>`;
  const cell = (value: string, place: number) =>
    areNumbers ? html`<td>${value}</td>` : html`<td class="${align(place)}">${value}</td>`;
  return html`
    <div class="table" tabindex="0" role="region" aria-label="${caption}">
      <table class="${areNumbers ? "numbers" : ""}">
        <caption>${caption}</caption>
        <thead>
          <tr>${columns.map(header)}</tr>
        </thead>
        <tbody>${rows.map((row) => renderRow(row, cell))}</tbody>
      </table>
    </div>
  `;
}

function renderRow(
  { values: [head = "", ...values], level, tone = "load", href, failed }: Row,
  cell: (value: string, place: number) => Html,
): Html {
  const name = href === undefined ? head : html`<a href="${href}">${head}</a>`;
  const cells = html`<th scope="row">${level !== undefined && swatch({ level, tone })}${name}</th>${
    values.map((value, place) => cell(value, place + 1))
  }`;
  return failed === true ? html`<tr class="failed">${cells}</tr>` : html`<tr>${cells}</tr>`;
}

/** A dot as figures draw it: that of a cold cell is hollow. */
function swatch(cell: Pick<CellKey, "level" | "tone">): Html {
  const fill = cell.tone === "cold" ? "none" : cellColor(cell);
  return html`
    <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
      <circle cx="5" cy="5" r="4.25" fill="${fill}" stroke="${cellColor(cell)}" stroke-width="1.5" />
    </svg>
  `;
}

function list(items: readonly string[]): Content {
  return items.length > 0 && html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

/** Renders facts as pairs of label and value. */
export function factList(className: string, facts: readonly Fact[]): Html {
  return html`
    <dl class="${className}">
      ${facts.map(({ label, value }) =>
        html`
          <div>
            <dt>${label}</dt>
            <dd>${value}</dd>
          </div>
        `
      )}
    </dl>
  `;
}
