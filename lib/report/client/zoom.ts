/**
 * Zooming into the horizontal axis of a drawing: by dragging across it, and back by a double click or Escape.
 *
 * @module
 */
import { zoomFrame } from "../../plots/mod.ts";
import { brushAxis, roundRange } from "./brush.ts";

/** Which parts of which axes are shown. */
export interface Zooms {
  /** Zooms the drawings in a slot as they were, and lets the reader drag across them. */
  attach(slot: HTMLElement): void;
  /** Whether a part of an axis is shown in a slot. */
  isZoomed(slot: HTMLElement): boolean;
  /** Forgets the parts shown in a slot. The slot is to be drawn anew. */
  reset(slot: HTMLElement): void;
}

/** Time is shared by figures and kept in the page's address; all else belongs to one drawing. */
export interface ZoomsOptions {
  /** Whether the horizontal axis of a slot's figure is time. */
  isTime(slot: HTMLElement): boolean;
  /** Gets the part of the time axis chosen, in s. */
  onTime(rangeS: readonly [number, number]): void;
  /** Called after a zoom of a slot. */
  onZoom(slot: HTMLElement): void;
}

type Drawing = SVGSVGElement & { scale?: (name: "x") => Scale | undefined };

interface Scale {
  readonly type?: string | null;
  readonly label?: string | null;
  readonly range?: Iterable<unknown>;
  invert?(x: number): number;
}

/** Makes the zooms of a page. */
export function makeZooms({ isTime, onTime, onZoom }: ZoomsOptions): Zooms {
  const parts = new Map<HTMLElement, Map<string, readonly [number, number]>>();
  const partsOf = (slot: HTMLElement) => {
    const known = parts.get(slot) ?? new Map<string, readonly [number, number]>();
    parts.set(slot, known);
    return known;
  };
  const zoom = (drawing: Drawing, part: readonly [number, number]): Drawing => {
    const zoomed = zoomFrame(drawing, part);
    if (zoomed === null) return drawing;
    drawing.replaceWith(zoomed);
    return zoomed;
  };
  const listen = (slot: HTMLElement, { drawing, key }: { drawing: Drawing; key: string }) => {
    const x = drawing.scale?.("x");
    const [from, to] = [...x?.range ?? []].map(Number);
    const invert = x?.invert;
    if (invert === undefined || from === undefined || to === undefined) return;
    slot.classList.add("brushable");
    brushAxis(drawing, {
      ...{ range: [from, to], invert },
      onSelect: (range) => {
        if (isTime(slot)) return onTime(roundRange(range));
        partsOf(slot).set(key, range);
        listen(slot, { drawing: zoom(drawing, range), key });
        onZoom(slot);
      },
    });
  };
  return {
    attach(slot) {
      for (const [place, drawing] of [...slot.querySelectorAll<Drawing>("svg.plot[role=img]")].entries()) {
        const { label, type } = drawing.scale?.("x") ?? {};
        const key = `${place} ${label} ${type}`;
        const part = isTime(slot) ? undefined : parts.get(slot)?.get(key);
        listen(slot, { drawing: part === undefined ? drawing : zoom(drawing, part), key });
      }
    },
    isZoomed: (slot) => (parts.get(slot)?.size ?? 0) > 0,
    reset: (slot) => void parts.delete(slot),
  };
}
