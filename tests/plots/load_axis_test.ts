import assert from "node:assert/strict";

import { summarizeRun } from "../../lib/metrics/mod.ts";
import { drawFigure, scalingLatencyFigure } from "../../lib/plots/mod.ts";
import { makeRecord } from "../testdata/record.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";
import { makeDrawOptions, textsOf } from "./dom.ts";

Deno.test("a parameter stands on the axis as it was given, in words", () => {
  const run = makeSmallRun(
    [1, 8, 64].map((batchSize, index) =>
      makeCell({ index, parameters: { batchSize }, offeredRequestsPerS: null })
    ),
    [0, 1, 2].map((cell) => makeRecord([100, 110], { cell })),
  );
  const figure = scalingLatencyFigure(summarizeRun(run), { name: "ttft", label: "TTFT" });
  const texts = textsOf(drawFigure(figure, makeDrawOptions()));
  for (const text of ["1", "8", "64", "batch size"]) assert.ok(texts.includes(text), texts.join(" | "));
});
