import assert from "node:assert/strict";

import { cellColor, engineColor } from "../../lib/plots/mod.ts";

/** Relative luminance of a hex colour, by WCAG 2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const share = parseInt(hex.slice(start, start + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const papers = ["#ffffff", "#12161c"];

for (const tone of ["load", "cold", "warm"] as const) {
  Deno.test(`cellColor() of a ${tone} cell stands out on both papers, the more the more load`, () => {
    const levels = [0, 0.25, 0.5, 0.75, 1].map((level) => {
      const hexes = cellColor({ level, tone }).match(/#[0-9a-f]{6}/g) ?? [];
      return papers.map((paper, i) => contrast(paper, hexes[i] ?? ""));
    });
    for (const [i, contrasts] of levels.entries()) {
      for (const [side, value] of contrasts.entries()) {
        assert.ok(value >= 3, `${value} on ${papers[side]}`);
        assert.ok(value > (levels[i - 1]?.[side] ?? 0), `level ${i} on ${papers[side]}`);
      }
    }
  });
}

Deno.test("cellColor() gives each tone a variable of its own", () => {
  assert.match(cellColor({ level: 0.5, tone: "warm" }), /^var\(--benchbook-warm-50, light-dark\(/);
  assert.match(cellColor({ level: 0.5, tone: "load" }), /^var\(--benchbook-load-50, /);
});

Deno.test("engineColor() stands out on both papers, and differs from engine to engine", () => {
  const colors = [0, 1, 2, 3, 4].map(engineColor);
  assert.equal(new Set(colors).size, colors.length);
  for (const color of colors) {
    const hexes = color.match(/#[0-9a-f]{6}/g) ?? [];
    for (const [side, paper] of papers.entries()) {
      const value = contrast(paper, hexes[side] ?? "");
      assert.ok(value >= 4.5, `${color}: ${value} on ${paper}`); // names are written in it
    }
  }
});
