import assert from "node:assert/strict";

import { drawings } from "../../lib/plots/mod.ts";
import { figureFile, makeFigureCases } from "./figure_cases.ts";
import { figureSvg } from "./figure_svg.ts";

const folder = new URL("../golden/figures/", import.meta.url);
const cases = makeFigureCases();
const MOST_BYTES = 40_000;

for (const figureCase of cases) {
  const file = figureFile(figureCase);
  Deno.test(`drawFigure() draws what is kept in ${file}`, () => {
    const drawn = figureSvg(figureCase.figure, figureCase);
    assert.ok(drawn.length <= MOST_BYTES, `${file} has ${drawn.length} characters`);
    // Not assert.equal: the difference of two drawings is thousands of lines that nobody reads.
    assert.ok(
      drawn === Deno.readTextFileSync(new URL(file, folder)),
      `${file} is drawn differently now: write it anew with \`deno task golden:figures\` and look at both`,
    );
  });
}

Deno.test("every figure has a drawing in tests/golden/figures, and every drawing there is made by a case", () => {
  assert.deepEqual([...new Set(cases.map(({ figure }) => figure.name))].sort(), Object.keys(drawings).sort());
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  assert.deepEqual(files, cases.map(figureFile).sort());
});
