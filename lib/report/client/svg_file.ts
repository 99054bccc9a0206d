/**
 * A drawing as an SVG file of its own: with its title, its legend, and colours that need no page.
 *
 * @module
 */

const SVG = "http://www.w3.org/2000/svg";
const TITLE_PX = 30;
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
/** Attributes that may follow the page's colours. */
const PAINTS = ["fill", "stroke"] as const;

/**
 * Writes what a slot shows.
 *
 * @param slot Its drawing may be several SVGs with text between them.
 * @param title Stands above them.
 */
export function svgFile(slot: HTMLElement, title: string): string {
  const { left, top, width, height } = slot.getBoundingClientRect();
  const { color, backgroundColor } = getComputedStyle(document.body);
  const file = makeSvg("svg", {
    ...{ xmlns: SVG, width, height: height + TITLE_PX, viewBox: `0 0 ${width} ${height + TITLE_PX}` },
    ...{ "font-family": FONT, "font-size": 12, color },
  });
  file.append(makeSvg("rect", { width: "100%", height: "100%", fill: backgroundColor }));
  file.append(makeText(title, { x: 0, y: 18, "font-size": 15, "font-weight": 600, fill: color }));
  const place = (box: DOMRect) => ({ x: box.left - left, y: box.top - top + TITLE_PX });
  for (const drawing of slot.querySelectorAll("svg")) {
    if (drawing.parentElement?.closest("svg")) continue;
    const box = drawing.getBoundingClientRect();
    const copy = copyDrawing(drawing);
    for (const [key, value] of Object.entries({ ...place(box), width: box.width, height: box.height })) {
      copy.setAttribute(key, String(value));
    }
    file.append(copy);
  }
  for (const { text, box, style } of textsBeside(slot)) {
    const { x, y } = place(box);
    const { fontSize, fontWeight } = style;
    const size = parseFloat(fontSize);
    file.append(
      makeText(text, { x, y: y + size, "font-size": size, "font-weight": fontWeight, fill: style.color }),
    );
  }
  return new XMLSerializer().serializeToString(file);
}

/** A copy with the colours as they are seen, without what the pointer brought up. */
function copyDrawing(drawing: SVGSVGElement): Element {
  const copy = drawing.cloneNode(true) as Element;
  const copies = [copy, ...copy.querySelectorAll("*")];
  for (const [place, original] of [drawing, ...drawing.querySelectorAll("*")].entries()) {
    const style = getComputedStyle(original);
    for (const name of PAINTS) {
      if (/var\(|currentColor|light-dark/i.test(original.getAttribute(name) ?? "")) {
        copies[place]?.setAttribute(name, style[name]);
      }
    }
  }
  for (const one of copy.querySelectorAll("[aria-label=tip]")) one.remove();
  for (const one of copies) one.classList.remove("faded");
  return copy;
}

interface TextBeside {
  readonly text: string;
  readonly box: DOMRect;
  readonly style: CSSStyleDeclaration;
}

/** Texts of a slot that are not within an SVG: those of legends and heads of panels. */
function textsBeside(slot: HTMLElement): TextBeside[] {
  const found: TextBeside[] = [];
  const walk = document.createTreeWalker(slot, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node !== null; node = walk.nextNode()) {
    const parent = node.parentElement;
    const text = node.textContent?.trim() ?? "";
    if (parent === null || text === "" || parent.closest("svg") !== null) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    found.push({ text, box: range.getBoundingClientRect(), style: getComputedStyle(parent) });
  }
  return found;
}

function makeSvg(name: string, attributes: Readonly<Record<string, string | number>>): Element {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key !== "xmlns") element.setAttribute(key, String(value));
  }
  return element;
}

function makeText(text: string, attributes: Readonly<Record<string, string | number>>): Element {
  const element = makeSvg("text", attributes);
  element.textContent = text;
  return element;
}
