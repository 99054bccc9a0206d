import assert from "node:assert/strict";

import { perRequestFigure } from "../../lib/plots/mod.ts";
import type { RequestRecord } from "../../lib/types.ts";
import { makeRecord } from "../testdata/record.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";

Deno.test("perRequestFigure() says nothing of the load where it is not known when requests were sent", () => {
  const draw = (change: Partial<RequestRecord>) =>
    perRequestFigure(makeSmallRun([makeCell()], [makeRecord([100, 120], { cell: 0, ...change })]));
  assert.match(draw({}).caption, /in flight/);
  const { caption, data } = draw({ unknown: ["schedule", "clock"] });
  assert.equal(caption, "Every successful request.");
  assert.deepEqual(data.cells.map(({ inFlight }) => inFlight), [[null]]);
});
