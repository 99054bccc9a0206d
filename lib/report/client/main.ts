/**
 * The page's own script: draws the figures and redraws them as the reader chooses.
 *
 * @module
 */
import { type AnyFigure, chosenMetrics, drawFigure } from "../../plots/mod.ts";
import type { PageData } from "../page_data.ts";
import { makeColours, makeControls } from "./controls.ts";
import { describeChange } from "./describe.ts";
import { makeButton } from "./dom.ts";
import { makeDownloads } from "./downloads.ts";
import { makeDrawQueue } from "./draw_queue.ts";
import { addFigureMenu } from "./figure_menu.ts";
import { type Highlight, makeHighlighter, onPointedAt, showHighlight } from "./highlight.ts";
import { goTo, onAnchorClick } from "./places.ts";
import { copyText } from "./save.ts";
import { formatState, holdsChoices, type PageState, parsePlace, parseState } from "./state.ts";
import { addTipKeys } from "./tip_keys.ts";
import { makeZooms } from "./zoom.ts";

/** Figures whose horizontal axis is time from the cell's start, in s. */
const timeFigures: readonly AnyFigure["name"][] = [
  ...["itl_heatmap", "load_over_time", "telemetry_series", "timeline", "trust_strip"] as const,
];

function start(data: PageData): void {
  const indices = data.cells.map(({ index }) => index);
  const slots = [...document.querySelectorAll<HTMLElement>("[data-figure]")];
  const figureOf = (slot: HTMLElement) => data.figures[Number(slot.dataset.figure)];
  let state = parseState(location.hash, indices);
  let pointedAt: Highlight | null = null;
  const highlight = (): Highlight | null => {
    const isHidden = pointedAt?.kind === "cell" && state.cells?.includes(pointedAt.index) === false;
    if (pointedAt !== null && !isHidden) return pointedAt;
    return state.engine === null ? null : { kind: "engine", index: state.engine };
  };

  const draw = (slot: HTMLElement) => {
    const figure = figureOf(slot);
    const width = slot.clientWidth;
    if (figure === undefined || width === 0) return;
    slot.replaceChildren(drawFigure(figure, { document, width, state }));
    if (!slot.classList.contains("drawing")) return;
    zooms.attach(slot);
    showHighlight(slot, highlight());
    markZoomed(slot, isTime(slot) ? state.domainS !== null : zooms.isZoomed(slot));
  };
  const isTime = (slot: HTMLElement) => timeFigures.some((name) => name === figureOf(slot)?.name);
  const bringForward = makeHighlighter(slots.filter((slot) => slot.classList.contains("drawing")));
  const zooms = makeZooms({
    isTime,
    onTime: (domainS) => change({ domainS }),
    onZoom: (slot) => markZoomed(slot, true),
  });
  const queue = makeDrawQueue(slots, draw);
  const show = () => {
    showTheme(state);
    showControls(data, state, change);
    for (const frame of document.querySelectorAll<HTMLElement>("[data-only-for]:not([data-only-for=''])")) {
      frame.hidden = frame.dataset.onlyFor !== state.metric;
    }
    queue.drawSoon();
  };
  const change = (part: Partial<PageState>) => {
    const before = state;
    state = { ...state, ...part };
    const hash = formatState(state);
    history.replaceState(null, "", hash === "" ? location.pathname + location.search : `#${hash}`);
    show();
    say(describeChange(before, state, { cells: indices.length }));
  };
  /** Brings a section or a figure into sight; one of another metric brings its metric along. */
  const visit = (id: string) => {
    const metric = chosenMetrics.find((name) => name === document.getElementById(id)?.dataset.onlyFor);
    if (metric !== undefined && metric !== state.metric) {
      state = { ...state, metric };
      show();
    }
    queue.drawNow();
    goTo(id);
  };
  const followAddress = () => {
    if (holdsChoices(location.hash) || location.hash === "") state = parseState(location.hash, indices);
    show();
    const place = parsePlace(location.hash);
    if (place !== null) visit(place);
  };

  for (const slot of slots) {
    const figure = figureOf(slot);
    if (figure === undefined || !slot.classList.contains("drawing")) continue;
    const unzoom = () => {
      if (isTime(slot)) return change({ domainS: null });
      zooms.reset(slot);
      draw(slot);
    };
    addFigureMenu({
      ...{ figure, slot, say, onResetZoom: unzoom },
      linkTo: (id) => `${location.href.split("#", 1)[0]}#${formatState(state, id)}`,
    });
    addTipKeys(slot, say);
    slot.addEventListener("dblclick", unzoom);
    slot.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") unzoom();
    });
  }
  onPointedAt(document, (found) => {
    pointedAt = found;
    bringForward(highlight());
  });
  onLabelClick((cell) => change({ cells: state.cells?.length === 1 ? null : [cell] }));
  onAnchorClick(visit);
  globalThis.addEventListener("hashchange", followAddress);
  globalThis.addEventListener("beforeprint", () => queue.drawNow());
  onWidthChange(show);
  onSectionOpen(() => queue.drawSoon());
  addCopyButtons();
  document.getElementById("downloads")?.append(...makeDownloads(data.downloads));
  followAddress();
}

/** Tells those who listen to the page. */
function say(text: string): void {
  const status = document.getElementById("status");
  if (status !== null) status.textContent = text;
}

function markZoomed(slot: HTMLElement, isZoomed: boolean): void {
  slot.closest("figure")?.classList.toggle("zoomed", isZoomed);
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
  const bar = document.getElementById("bar");
  const controls = document.getElementById("controls");
  if (bar === null || controls === null) return;
  const focusable = () => [...bar.querySelectorAll<HTMLElement>("button, input")];
  const focused = focusable().findIndex((element) => element === document.activeElement);
  controls.replaceChildren(...makeControls({ cells, state, figures, onChange }));
  controls.hidden = false;
  document.getElementById("colours")?.replaceChildren(makeColours({ state, onChange }));
  if (focused >= 0) focusable()[focused]?.focus();
  // What is gone to must not stop under the bar, which is as high as it happens to be.
  document.documentElement.style.scrollPaddingTop = `${bar.offsetHeight}px`;
}

/** Plot would take a press for the wish to pin its tip, and the tip would catch the click: labels keep it to themselves. */
function onLabelClick(fn: (cell: number) => void): void {
  const labelOf = ({ target }: Event) => target instanceof Element ? target.closest("text[data-cell]") : null;
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

/** Calls back when a folded section is opened: what has no width is not drawn. */
function onSectionOpen(fn: () => void): void {
  for (const section of document.querySelectorAll("section > details")) {
    section.addEventListener("toggle", fn);
  }
}

function addCopyButtons(): void {
  for (const code of document.querySelectorAll(".code pre")) {
    const button = makeButton("Copy", {
      className: "action",
      onClick: async () => button.textContent = await copyText(code.textContent ?? "", code),
    });
    code.after(button);
  }
}

start(JSON.parse(document.getElementById("data")?.textContent ?? ""));
