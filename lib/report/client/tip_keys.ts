/**
 * Moving a drawing's tip from point to point with the arrow keys, as the pointer does.
 *
 * @module
 */

/** A point on the screen. */
interface Place {
  readonly x: number;
  readonly y: number;
}

/** A line has as many stops at most; more would take too many presses. */
const MOST_STOPS = 60;

/**
 * Lets the arrow keys walk through a slot's drawings while it has the focus: left and right along a line or a row of dots, up
 * and down to the next one.
 *
 * @param say Gets the tip's text.
 */
export function addTipKeys(slot: HTMLElement, say: (text: string) => void): void {
  let [row, stop] = [0, -1];
  slot.addEventListener("keydown", (event) => {
    const { key } = event;
    if (event.target !== slot || !/^(Arrow|Home$|End$)/.test(key)) return;
    const rows = rowsOf(slot);
    if (rows.length === 0) return;
    event.preventDefault();
    const step = key === "ArrowUp" ? rows.length - 1 : key === "ArrowDown" ? 1 : 0;
    row = (Math.min(row, rows.length - 1) + step) % rows.length;
    const { drawing, places } = rows[row] ?? { drawing: null, places: [] };
    if (drawing === null) return;
    stop = nextStop(key, { stop, count: places.length });
    const { x = 0, y = 0 } = places[stop] ?? {};
    hideTips(slot);
    send(drawing, "pointermove", { x, y });
    const tip = [...drawing.querySelectorAll("[aria-label=tip] text")].at(-1);
    const lines = [...tip?.querySelectorAll("tspan") ?? []].map(({ textContent }) => textContent);
    // Plot puts marks without a width into lines.
    say((lines.length === 0 ? [tip?.textContent ?? ""] : lines).join(", ").replaceAll("\u200b", ""));
  });
  slot.addEventListener("blur", () => hideTips(slot));
}

function nextStop(key: string, { stop, count }: { stop: number; count: number }): number {
  const wanted = key === "Home"
    ? 0
    : key === "End"
    ? count - 1
    : key === "ArrowLeft"
    ? stop - 1
    : key === "ArrowRight"
    ? stop + 1
    : stop;
  return Math.max(0, Math.min(count - 1, wanted));
}

interface Row {
  readonly drawing: SVGSVGElement;
  readonly places: readonly Place[];
}

function rowsOf(slot: HTMLElement): Row[] {
  return [...slot.querySelectorAll<SVGSVGElement>("svg.plot[role=img]")].flatMap((drawing) => {
    const lines = [...drawing.querySelectorAll<SVGPathElement>("[aria-label=line] path")].map(verticesOf);
    const dots = [...drawing.querySelectorAll("[aria-label=dot]")].map(centresOf);
    return (lines.length > 0 ? lines : dots)
      .map((places) => ({ drawing, places: thinOut(places).toSorted((a, b) => a.x - b.x) }))
      .filter(({ places }) => places.length > 0);
  });
}

function verticesOf(path: SVGPathElement): Place[] {
  const matrix = path.getScreenCTM();
  const numbers = (path.getAttribute("d") ?? "").match(/-?[\d.]+(e-?\d+)?,-?[\d.]+(e-?\d+)?/g) ?? [];
  return numbers.map((pair) => {
    const [x = 0, y = 0] = pair.split(",").map(Number);
    const { x: atX, y: atY } = new DOMPoint(x, y).matrixTransform(matrix ?? undefined);
    return { x: atX, y: atY };
  });
}

function centresOf(group: Element): Place[] {
  return [...group.children].map((dot) => {
    const { left, top, width, height } = dot.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  });
}

function thinOut(places: readonly Place[]): readonly Place[] {
  const every = Math.ceil(places.length / MOST_STOPS);
  return places.filter((_, index) => index % every === 0);
}

function hideTips(slot: HTMLElement): void {
  for (const drawing of slot.querySelectorAll("svg.plot[role=img]")) {
    send(drawing, "pointerleave", { x: 0, y: 0 });
  }
}

function send(drawing: Element, type: string, { x, y }: Place): void {
  drawing.dispatchEvent(new PointerEvent(type, { clientX: x, clientY: y, pointerType: "mouse" }));
}
