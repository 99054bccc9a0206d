import { parseHTML } from "linkedom";
import type { DrawOptions, FigureState } from "../../lib/plots/mod.ts";
import { initialState } from "../../lib/plots/mod.ts";

/** Draws into linkedom, 600 px wide. */
export function makeDrawOptions(state: Partial<FigureState> = {}): DrawOptions {
  const { document } = parseHTML("<html><body></body></html>");
  return { document: document as unknown as Document, width: 600, state: { ...initialState, ...state } };
}

/** All texts of a drawing. */
export function textsOf(drawing: Element): string[] {
  return [...drawing.querySelectorAll("text")].map((text) => text.textContent ?? "");
}
