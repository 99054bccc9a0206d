/**
 * Taking out of a drawing what lies beside its frame, after a part of the axis was chosen.
 *
 * @module
 */

/**
 * Cuts marks off at the left and right edge, and takes out texts and ticks beyond them.
 *
 * @param bounds Left and right edge of the frame in pixels.
 */
export function cutToFrame(drawing: SVGSVGElement, bounds: readonly [number, number]): void {
  const groups = [...drawing.children].filter(({ tagName }) => tagName.toLowerCase() === "g");
  for (const group of groups) {
    const name = group.getAttribute("aria-label") ?? "";
    if (name === "tip" || name.endsWith("axis label") || name.startsWith("y-")) continue;
    if (name === "text" || name.startsWith("x-")) removeOutside(group, bounds);
    else clip(drawing, group, bounds);
  }
}

function removeOutside(group: Element, [left, right]: readonly [number, number]): void {
  for (const child of [...group.children]) {
    const x = positionOf(child);
    if (x !== null && (x < left - 1 || x > right + 1)) child.remove();
  }
}

/** Horizontal position of a text, a tick or a grid line; `null` where it has none of its own. */
function positionOf(element: Element): number | null {
  const text = /translate\(([-\d.e]+)/.exec(element.getAttribute("transform") ?? "")?.[1] ??
    element.getAttribute("x1");
  return text === null ? null : Number(text);
}

/** A nested SVG hides what lies outside it, and needs no id that would have to be unique on the page. */
function clip(drawing: SVGSVGElement, group: Element, [left, right]: readonly [number, number]): void {
  const height = drawing.getAttribute("height") ?? "0";
  const width = String(Math.max(0, right - left));
  const window = drawing.ownerDocument.createElementNS("http://www.w3.org/2000/svg", "svg");
  const box = { x: String(left), y: "0", width, height, viewBox: `${left} 0 ${width} ${height}` };
  for (const [key, value] of Object.entries({ ...box, overflow: "hidden" })) window.setAttribute(key, value);
  group.replaceWith(window);
  window.append(group);
}
