/**
 * The list's own script: searches, filters and sorts the table that stands in the page.
 *
 * @module
 */
import { make, makeButton } from "../../client/dom.ts";
import { type ReportKind, reportKinds } from "../entry.ts";
import { arrangeRows, type IndexRow } from "./arrange.ts";
import { formatIndexState, type IndexState, parseIndexState } from "./state.ts";

interface Heading {
  readonly element: HTMLElement;
  readonly key: string;
  readonly first: IndexState["direction"];
  readonly isNumeric: boolean;
}

interface Row extends IndexRow {
  readonly element: HTMLElement;
}

function start(table: HTMLTableElement, bar: HTMLElement): void {
  const headings = readHeadings(table);
  const rows = readRows(table);
  const keys = headings.map(({ key }) => key);
  const numeric = headings.filter(({ isNumeric }) => isNumeric).map(({ key }) => key);
  let state = parseIndexState(location.hash, keys);

  const search = make("input", {
    type: "search",
    "aria-label": "Search in the reports",
    placeholder: "Search: engine, model, title …",
  });
  const count = make("span", { role: "status" });
  const kinds = makeKinds(rows, (kind) => change({ kind }));
  bar.append(search, ...kinds.elements, count);
  bar.hidden = false;

  const show = () => {
    const shown = arrangeRows(rows, { state, numeric });
    const seen = new Set(shown);
    for (const row of rows) row.element.hidden = !seen.has(row);
    table.tBodies[0]?.append(...shown.map(({ element }) => element));
    showSorted(headings, state);
    kinds.show(state.kind);
    if (search.value !== state.query) search.value = state.query;
    count.textContent = shown.length === rows.length
      ? rows.length === 1 ? "1 report" : `${rows.length} reports`
      : `${shown.length} of ${rows.length} reports`;
    const none = document.getElementById("none");
    if (none !== null) none.hidden = shown.length > 0;
  };
  const change = (part: Partial<IndexState>) => {
    state = { ...state, ...part };
    const hash = formatIndexState(state);
    history.replaceState(null, "", hash === "" ? location.pathname + location.search : `#${hash}`);
    show();
  };

  search.addEventListener("input", () => change({ query: search.value }));
  addSortButtons(headings, ({ key, first }) => {
    const other = state.direction === "ascending" ? "descending" : "ascending";
    change({ sort: key, direction: state.sort === key ? other : first });
  });
  addEventListener("hashchange", () => {
    state = parseIndexState(location.hash, keys);
    show();
  });
  show();
}

function readHeadings(table: HTMLTableElement): Heading[] {
  return [...table.querySelectorAll<HTMLElement>("thead th")].map((element) => ({
    element,
    key: element.dataset.key ?? "",
    first: element.dataset.first === "descending" ? "descending" : "ascending",
    isNumeric: element.classList.contains("numeric"),
  }));
}

function readRows(table: HTMLTableElement): Row[] {
  return [...table.querySelectorAll<HTMLElement>("tbody tr")].map((element) => {
    const cells = [...element.querySelectorAll<HTMLElement>("[data-key]")];
    return {
      element,
      kind: element.dataset.kind ?? "",
      text: [element.dataset.search, ...cells.map(({ textContent }) => textContent)].join(" ").toLowerCase(),
      values: Object.fromEntries(cells.map(({ dataset: { key = "", value = "" } }) => [key, value])),
    };
  });
}

function addSortButtons(headings: readonly Heading[], onClick: (heading: Heading) => void): void {
  for (const heading of headings) {
    const text = heading.element.textContent ?? "";
    heading.element.replaceChildren(makeButton(text, { onClick: () => onClick(heading) }));
  }
}

function showSorted(headings: readonly Heading[], { sort, direction }: IndexState): void {
  for (const { element, key } of headings) {
    if (key === sort) element.setAttribute("aria-sort", direction);
    else element.removeAttribute("aria-sort");
  }
}

const kindLabels: Readonly<Record<ReportKind, string>> = {
  run: "Runs",
  comparison: "Comparisons",
  "what-if": "What if",
};

/** A choice between the kinds that there are; none where all are of one. */
function makeKinds(rows: readonly Row[], onChoose: (kind: ReportKind | null) => void) {
  const there = reportKinds.filter((kind) => rows.some((row) => row.kind === kind));
  const choices = [
    { kind: null, label: "All" },
    ...there.map((kind) => ({ kind, label: kindLabels[kind] })),
  ];
  const buttons = choices.map(({ kind, label }) => ({
    kind,
    button: makeButton(label, { pressed: false, onClick: () => onChoose(kind) }),
  }));
  const group = make(
    "div",
    { role: "group", "aria-label": "Show" },
    make("span", {}, "Show"),
    ...buttons.map(({ button }) => button),
  );
  return {
    elements: there.length > 1 ? [group] : [],
    show(chosen: ReportKind | null) {
      for (const { kind, button } of buttons) button.setAttribute("aria-pressed", String(kind === chosen));
    },
  };
}

const table = document.querySelector("table");
const bar = document.getElementById("find");
if (table !== null && bar !== null) start(table, bar);
