/**
 * Writes the drawings of the figures anew, for looking at the difference: `deno task golden:figures`.
 */
import { figureFile, makeFigureCases } from "../plots/figure_cases.ts";
import { figureSvg } from "../plots/figure_svg.ts";

const folder = new URL("./figures/", import.meta.url);
for (const { name } of Deno.readDirSync(folder)) Deno.removeSync(new URL(name, folder));
for (const figureCase of makeFigureCases()) {
  Deno.writeTextFileSync(new URL(figureFile(figureCase), folder), figureSvg(figureCase.figure, figureCase));
}
