/**
 * What can be done with a figure: link to it, save it, read its data as a table, undo its zoom.
 *
 * @module
 */
import type { AnyFigure } from "../../plots/mod.ts";
import { make, makeButton } from "./dom.ts";
import { columnsOf, type DataRow, formatCsv, rowsOfFigure } from "./figure_rows.ts";
import { copyText, saveFile } from "./save.ts";
import { svgFile } from "./svg_file.ts";

/** A table of more rows is for a file. */
const MOST_ROWS = 500;

/** A figure on the page. */
export interface FigureMenuOptions {
  readonly figure: AnyFigure;
  /** The element around its drawing. */
  readonly slot: HTMLElement;
  /** The page's address with the choices made now, and this figure's place. */
  linkTo(id: string): string;
  /** Says what was done. */
  say(text: string): void;
  onResetZoom(): void;
}

/** Puts a menu, and a button that appears after a zoom, into a figure's upper corner. */
export function addFigureMenu({ figure, slot, linkTo, say, onResetZoom }: FigureMenuOptions): void {
  const frame = slot.closest("figure");
  if (frame === null) return;
  const summary = make(
    "summary",
    { "aria-label": `More on ${figure.title}`, title: "Link, save, table" },
    "⋯",
  );
  const menu = make("details", { class: "menu" }, summary);
  const item = (text: string, fn: () => void | Promise<void>) =>
    makeButton(text, {
      onClick: async () => {
        await fn();
        menu.open = false;
        summary.focus();
      },
    });
  const nameOf = (ending: string) => `${frame.id.replace(/^fig-/, "")}.${ending}`;
  const svg = () => {
    saveFile(nameOf("svg"), new Blob([svgFile(slot, figure.title)], { type: "image/svg+xml" }));
    say(`Saved ${nameOf("svg")}`);
  };
  const csv = () => {
    saveFile(nameOf("csv"), new Blob([formatCsv(rowsOfFigure(figure))], { type: "text/csv" }));
    say(`Saved ${nameOf("csv")}`);
  };
  const table = item("Show as table", () => toggleTable(frame, { figure, button: table }));
  menu.append(make(
    "div",
    {},
    item("Copy link", async () => {
      const link = make("code", { class: "unseen" }, linkTo(frame.id));
      frame.append(link);
      say(`${await copyText(link.textContent ?? "", link)} the link to ${figure.title}`);
      link.remove();
    }),
    item("Save as SVG", svg),
    item("Save data as CSV", csv),
    table,
  ));
  closeFromOutside(menu);
  const reset = makeButton("Reset zoom", { className: "reset", onClick: onResetZoom });
  frame.append(make("div", { class: "tools" }, reset, menu));
}

function closeFromOutside(menu: HTMLDetailsElement): void {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
    event.stopPropagation();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (target instanceof Node && !menu.contains(target)) menu.open = false;
  });
}

function toggleTable(frame: Element, { figure, button }: { figure: AnyFigure; button: Element }): void {
  const shown = frame.querySelector(":scope > .table");
  button.textContent = shown === null ? "Hide table" : "Show as table";
  if (shown === null) frame.append(makeTable(rowsOfFigure(figure), figure.title));
  else shown.remove();
}

function makeTable(rows: readonly DataRow[], title: string): Element {
  const columns = columnsOf(rows);
  const note = rows.length > MOST_ROWS ? `, first ${MOST_ROWS} of ${rows.length} rows` : "";
  const head = (name: string) => {
    const isText = rows.some((row) => typeof row[name] === "string");
    return make("th", { scope: "col", class: isText ? undefined : "numeric" }, spellColumn(name));
  };
  const cell = (value: DataRow[string]) =>
    make("td", { class: typeof value === "string" ? undefined : "numeric" }, spellValue(value));
  const table = make(
    "table",
    {},
    make("caption", {}, `Data of ${title}${note}`),
    make("thead", {}, make("tr", {}, ...columns.map(head))),
    make(
      "tbody",
      {},
      ...rows.slice(0, MOST_ROWS).map((row) =>
        make("tr", {}, ...columns.map((name) => cell(row[name] ?? null)))
      ),
    ),
  );
  return make(
    "div",
    { class: "table data", tabindex: "0", role: "region", "aria-label": `Data of ${title}` },
    table,
  );
}

/** "curve_values" and "inputTokens" as words. */
function spellColumn(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1 $2").replaceAll("_", " ").toLowerCase();
}

/** The file has all digits. */
function spellValue(value: DataRow[string] = null): string {
  if (value === null) return "–";
  return typeof value === "number" ? String(Number(value.toPrecision(6))) : String(value);
}
