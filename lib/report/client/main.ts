/**
 * The page's own script: draws the figures and redraws them as the reader chooses.
 *
 * @module
 */
import { type AnyFigure, drawFigure } from "../../plots/mod.ts";
import type { PageData } from "../page_data.ts";
import { brushTime } from "./brush.ts";
import { makeControls } from "./controls.ts";
import { makeButton } from "./dom.ts";
import { makeDownloads } from "./downloads.ts";
import { formatState, type PageState, parseState } from "./state.ts";

/** Figures whose horizontal axis is time from the cell's start, in s. */
const timeFigures: readonly AnyFigure["name"][] = ["load_over_time", "telemetry_series", "timeline"];

function start(data: PageData): void {
  const indices = data.cells.map(({ index }) => index);
  const slots = [...document.querySelectorAll<HTMLElement>("[data-figure]")];
  let state = parseState(location.hash, indices);

  const change = (part: Partial<PageState>) => {
    state = { ...state, ...part };
    const hash = formatState(state);
    history.replaceState(null, "", hash === "" ? location.pathname + location.search : `#${hash}`);
    show();
  };
  const show = () => {
    showTheme(state);
    showControls(data, state, change);
    for (const slot of slots) showFigure(slot, data, { state, change });
  };

  onLabelClick((cell) => change({ cells: state.cells?.length === 1 ? null : [cell] }));
  globalThis.addEventListener("hashchange", () => {
    state = parseState(location.hash, indices);
    show();
  });
  onWidthChange(show);
  addCopyButtons();
  document.getElementById("downloads")?.append(...makeDownloads(data.downloads));
  show();
}

function showTheme({ theme }: PageState): void {
  if (theme === null) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** Makes the bar anew and gives the focus back to the control that had it. */
function showControls(
  { cells, figures }: PageData,
  state: PageState,
  onChange: (change: Partial<PageState>) => void,
): void {
  const bar = document.getElementById("controls");
  if (bar === null) return;
  const focusable = () => [...bar.querySelectorAll<HTMLElement>("button, input")];
  const focused = focusable().findIndex((element) => element === document.activeElement);
  bar.replaceChildren(...makeControls({ cells, state, figures: figures.map(({ name }) => name), onChange }));
  bar.hidden = false;
  if (focused >= 0) focusable()[focused]?.focus();
}

function showFigure(
  slot: HTMLElement,
  { figures }: PageData,
  { state, change }: { state: PageState; change: (change: Partial<PageState>) => void },
): void {
  const figure = figures[Number(slot.dataset.figure)];
  if (figure === undefined) return;
  const frame = slot.closest<HTMLElement>('[data-only-for]:not([data-only-for=""])');
  if (frame !== null) frame.hidden = frame.dataset.onlyFor !== state.metric;
  const width = slot.clientWidth;
  if (width === 0) return;
  slot.replaceChildren(drawFigure(figure, { document, width, state }));
  if (timeFigures.includes(figure.name)) addBrushes(slot, (domainS) => change({ domainS }));
}

function addBrushes(slot: HTMLElement, onSelect: (range: readonly [number, number]) => void): void {
  slot.classList.add("brushable");
  for (const svg of slot.querySelectorAll<SVGSVGElement & { scale?: PlotScale }>("svg.plot")) {
    const invert = svg.scale?.("x")?.invert;
    if (invert !== undefined) brushTime(svg, { invert, onSelect });
  }
}

type PlotScale = (name: string) => { invert?: (x: number) => number } | undefined;

/** Plot would take a press for the wish to pin its tip, and the tip would catch the click: labels keep it to themselves. */
function onLabelClick(fn: (cell: number) => void): void {
  const labelOf = ({ target }: Event) => target instanceof Element ? target.closest("[data-cell]") : null;
  document.addEventListener("pointerdown", (event) => {
    if (labelOf(event) !== null) event.stopPropagation();
  }, { capture: true });
  document.addEventListener("click", (event) => {
    const label = labelOf(event);
    if (label !== null) fn(Number(label.getAttribute("data-cell")));
  });
}

/** Calls back when the page's width has settled; its height changes with every drawing. */
function onWidthChange(fn: () => void): void {
  let width = document.documentElement.clientWidth;
  let timer: ReturnType<typeof setTimeout> | undefined;
  globalThis.addEventListener("resize", () => {
    if (width === document.documentElement.clientWidth) return;
    width = document.documentElement.clientWidth;
    clearTimeout(timer);
    timer = setTimeout(fn, 100);
  });
}

function addCopyButtons(): void {
  for (const code of document.querySelectorAll(".code pre")) {
    const button = makeButton("Copy", {
      className: "action",
      onClick: async () => button.textContent = await copy(code),
    });
    code.after(button);
  }
}

/** Copies an element's text, or selects it where the browser does not let a page copy. @returns What was done. */
async function copy(element: Element): Promise<string> {
  try {
    await navigator.clipboard.writeText(element.textContent ?? "");
    return "Copied";
  } catch {
    getSelection()?.selectAllChildren(element);
    return "Selected";
  }
}

start(JSON.parse(document.getElementById("data")?.textContent ?? ""));
