/**
 * The list of all reports as one self-contained page: a table that stands in the HTML itself, which its script searches,
 * filters and sorts.
 *
 * @module
 */
import { formatPlural, MISSING } from "../../plots/mod.ts";
import { renderDocument } from "../document.ts";
import { type Content, type Html, html } from "../markup.ts";
import { type IndexColumn, indexColumns, nameMode } from "./columns.ts";
import { type IndexEntry, sortEntries } from "./entry.ts";
import { indexStyle } from "./style.ts";

/** What the page lists. */
export interface IndexContent {
  readonly entries: readonly IndexEntry[];
  /** Runs that got no page, and why. */
  readonly unreadable: readonly { readonly id: string; readonly reason: string }[];
  /** Pages in the folder of which nothing is known but their file name. */
  readonly strangers: readonly string[];
}

/** What the page needs besides its content. */
export interface RenderIndexOptions {
  /** The bundled browser code. */
  readonly clientScript: string;
}

/** Address of a report's page, as seen from the index. */
export function pageName(id: string): string {
  return `${id}.html`;
}

/**
 * Renders the list.
 *
 * @returns A whole HTML document; the newest report comes first.
 * @throws {RangeError} When the script cannot stand inside an HTML element.
 */
export function renderIndex(content: IndexContent, { clientScript }: RenderIndexOptions): string {
  const entries = sortEntries(content.entries);
  const body = html`
    <main>
      <header>
        <p class="brand">benchbook</p>
        <h1>Reports</h1>
        <p class="lead">${describeEntries(entries)}</p>
      </header>
      ${entries.length === 0 ? emptyState() : html`<div id="find" hidden></div>${table(entries)}`}
      ${unreadableNote(content.unreadable)} ${strangersNote(content.strangers)}
      ${entries.length > 0 && explanation()}
    </main>
  `;
  return renderDocument({ title: "Reports · benchbook", style: indexStyle, body, script: clientScript });
}

function describeEntries(entries: readonly IndexEntry[]): string {
  if (entries.length === 0) return "There is none yet.";
  const simulated = entries.filter((entry) => entry.simulated).length;
  const ofThem = simulated === entries.length
    ? simulated === 1 ? "It is of a simulated engine." : "All of them are of simulated engines."
    : simulated === 0
    ? ""
    : `${simulated} of them ${simulated === 1 ? "is of a simulated engine" : "are of simulated engines"}.`;
  return `${formatPlural(entries.length, "report")} of how LLM serving engines bear load. ${ofThem}`.trim();
}

const FIRST_STEPS = `deno task bench:qwen --virtual-time --trace demo
deno task publish`;

function emptyState(): Html {
  return html`
    <section id="empty">
      <h2>How to make one</h2>
      <p>Measure something, then publish. This needs no GPU and no server:</p>
      <pre>${FIRST_STEPS}</pre>
    </section>
  `;
}

/** Roles are given as a phone shows rows as cards, which takes from a table what it is. */
function table(entries: readonly IndexEntry[]): Html {
  return html`
    <div class="table" role="region" aria-label="Reports" tabindex="0">
      <table role="table" aria-label="Reports">
        <thead role="rowgroup">
          <tr role="row">${indexColumns.map(header)}</tr>
        </thead>
        <tbody role="rowgroup">
          ${entries.map(row)}
        </tbody>
      </table>
    </div>
    <p id="none" hidden>No report is like that.</p>
  `;
}

function header({ key, label, numeric, first }: IndexColumn): Html {
  const sorted = key === "date"
    ? html`
      aria-sort="descending"
    `
    : null;
  return html`
    <th scope="col" role="columnheader" class="${numeric
      ? "numeric"
      : ""}" data-key="${key}" data-first="${first}"
      ${sorted}>${label}</th>
  `;
}

function row(entry: IndexEntry): Html {
  const search = [entry.id, entry.kind, ...entry.problems, entry.simulated ? "simulated" : "measured"].join(
    " ",
  );
  return html`
    <tr role="row" data-kind="${entry.kind}" data-search="${search}">${indexColumns.map((column) =>
      cell(column, entry)
    )}</tr>
  `;
}

function cell(column: IndexColumn, entry: IndexEntry): Html {
  const { key, label, numeric } = column;
  const value = column.sortBy(entry);
  const attributes = html`data-key="${key}" data-label="${label}" data-value="${value ?? ""}"`;
  const content = special[key]?.(entry) ?? column.text(entry);
  return key === "title"
    ? html`<th scope="row" role="rowheader" ${attributes}>${content}</th>`
    : html`<td role="cell" class="${numeric ? "numeric" : ""}" ${attributes}>${content}</td>`;
}

/** Cells with more in them than a text. */
const special: Readonly<Record<string, ((entry: IndexEntry) => Content) | undefined>> = {
  date: ({ startedAt }) =>
    html`<span class="day">${startedAt.slice(0, 10)}</span> <span class="time">${
      startedAt.slice(11, 16)
    }</span>`,
  title: (entry) =>
    html`
      <a href="./${encodeURIComponent(pageName(entry.id))}">${entry.title}</a>
      <span class="finding"><span class="mode">${nameMode(entry)}</span> · ${entry.finding}</span>
    `,
  engine: ({ engines }) => engines.map((name) => html`<span class="one">${name}</span>`),
  model: ({ model }) => breakable(model ?? MISSING),
  gpu: ({ gpu, simulated }) => simulated ? html`<b class="simulated">Simulated</b> ${gpu}` : gpu ?? MISSING,
  valid: ({ valid, problems }) =>
    valid
      ? html`<span class="valid">valid</span>`
      : html`<b class="invalid">not valid</b><span class="finding">${problems.join("; ")}</span>`,
};

/** "organisation/name" may go on in a second line after the slash. */
function breakable(name: string): Content {
  return name.split("/").map((part, place) => place === 0 ? part : html`/<wbr>${part}`);
}

function unreadableNote(unreadable: IndexContent["unreadable"]): Content {
  return unreadable.length > 0 && html`
    <details id="unreadable">
      <summary>${formatPlural(unreadable.length, "folder")} without a report</summary>
      <ul>${unreadable.map(({ id, reason }) => html`<li><strong>${id}</strong>: ${reason}</li>`)}</ul>
    </details>
  `;
}

function strangersNote(strangers: readonly string[]): Content {
  return strangers.length > 0 && html`
    <details id="strangers">
      <summary>${formatPlural(strangers.length, "other page")} in this folder</summary>
      <p>Nothing is known of them here: their run was not published from where this list was made.</p>
      <ul>${strangers.map((name) => html`<li><a href="./${encodeURIComponent(name)}">${name}</a></li>`)}</ul>
    </details>
  `;
}

function explanation(): Html {
  return html`
    <p
      class="note">Requests are those that were to be sent. TTFT and output tokens/s are those at the highest load with a valid
    measurement, and of a report without any at its highest load; p99 takes 100 requests. “–” was not measured, or is not
    one number, as of a comparison. “Valid” is about the measurement, not about the engine. What is marked Simulated was computed by
    a model of the GPU that is named, not by one.</p>
  `;
}
