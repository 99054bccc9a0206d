/**
 * Brings one cell or one engine forward in all figures by fading the others. Nothing is drawn anew.
 *
 * @module
 */

import { isNear, whenIdle } from "./draw_queue.ts";

/** What stands out. */
export type Highlight =
  | { readonly kind: "cell"; readonly index: number }
  | { readonly kind: "engine"; readonly index: number };

/** An engine's marks are known by its colour, which is the same in every figure. */
const ENGINE_COLOUR = /--benchbook-engine-(\d+)/;
const ENGINE_MARKS = ["stroke", "fill"].map((name) => `[${name}*="--benchbook-engine-"]`).join();

/**
 * Makes the function that fades what is not highlighted: where the reader looks at once, elsewhere when there is time. A scatter
 * plot has thousands of marks.
 *
 * @param slots Elements with drawings.
 */
export function makeHighlighter(slots: readonly HTMLElement[]): (highlight: Highlight | null) => void {
  let latest: Highlight | null = null;
  return (highlight) => {
    latest = highlight;
    const near = new Set(slots.filter(isNear));
    for (const slot of near) showHighlight(slot, highlight);
    whenIdle(() => {
      if (latest !== highlight) return;
      for (const slot of slots) if (!near.has(slot)) showHighlight(slot, highlight);
    });
  };
}

/**
 * Fades what is not highlighted, within a slot.
 *
 * @param highlight `null` fades nothing.
 */
export function showHighlight(slot: HTMLElement, highlight: Highlight | null): void {
  for (const mark of slot.querySelectorAll(".faded")) mark.classList.remove("faded");
  if (highlight === null) return;
  const marks = slot.querySelectorAll(highlight.kind === "cell" ? "[data-cell]" : ENGINE_MARKS);
  for (const mark of marks) {
    if (!isOf(mark, highlight)) mark.classList.add("faded");
  }
}

function isOf(mark: Element, { kind, index }: Highlight): boolean {
  if (kind === "cell") return Number(mark.getAttribute("data-cell")) === index;
  const colours = `${mark.getAttribute("stroke") ?? ""} ${mark.getAttribute("fill") ?? ""}`;
  return Number(ENGINE_COLOUR.exec(colours)?.[1]) === index;
}

/**
 * Calls back as the pointer or the focus comes upon something with `data-cell` or `data-engine`, and with `null` as it leaves.
 */
export function onPointedAt(page: Document, fn: (highlight: Highlight | null) => void): void {
  let last = "";
  const look = ({ target }: Event) => {
    const found = target instanceof Element ? readHighlight(target) : null;
    const now = found === null ? "" : `${found.kind} ${found.index}`;
    if (now === last) return;
    last = now;
    fn(found);
  };
  page.addEventListener("pointerover", look);
  page.addEventListener("focusin", look);
  page.addEventListener("focusout", look);
  page.addEventListener("pointerleave", look);
}

function readHighlight(target: Element): Highlight | null {
  const element = target.closest("[data-cell], [data-engine]");
  if (element === null) return null;
  const cell = element.getAttribute("data-cell");
  return cell === null
    ? { kind: "engine", index: Number(element.getAttribute("data-engine")) }
    : { kind: "cell", index: Number(cell) };
}
