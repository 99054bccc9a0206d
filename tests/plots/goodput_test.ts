import assert from "node:assert/strict";
import { summarizeRun } from "../../lib/metrics/mod.ts";
import type { Slo } from "../../lib/metrics/slo.ts";
import { drawGoodput, goodputFigure } from "../../lib/plots/goodput.ts";
import type { Run } from "../../lib/types.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";
import { makeRun } from "../testdata/runs/make_run.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";
import { makeDrawOptions, textsOf } from "./dom.ts";

function withLimit(run: Run, ttftMs: number): Run {
  const limits = [{ metric: "ttft", percentile: null, sign: "<", value: ttftMs } as const];
  const slo: Slo = { name: null, attainment: 1, limits };
  return { ...run, manifest: { ...run.manifest, options: { slo } } };
}

/** Two concurrencies in two rounds; of the two requests of a cell the second is later by 100 ms times the concurrency. */
const cells = [[5, 1], [5, 2], [10, 1], [10, 2]].map(([concurrency = 0, round = 0], index) =>
  makeCell({
    ...{ index, label: `concurrency ${concurrency}, round ${round}`, parameters: { concurrency, round } },
    ...{ schedule: "closed", offeredRequestsPerS: null, requestCount: 2, startMs: 10_000 * index },
  })
);
const rounds = makeSmallRun(
  cells,
  cells.flatMap(({ index, parameters }) => {
    const sentMs = 10_000 * index;
    const tics = (ms: number) => [sentMs + ms, sentMs + 2000];
    return [
      makeRecord(tics(100), { cell: index, sentMs }),
      makeRecord(tics(100 * Number(parameters.concurrency)), { cell: index, id: 1, sentMs }),
    ];
  }),
);

Deno.test("goodputFigure() has good requests beside all of them, and says where most are", () => {
  const { data, caption } = goodputFigure(summarizeRun(withLimit(rounds, 600)));
  // Each cell lasts 2 s and brings 2 requests of 2 tokens; at concurrency 10 the second has a TTFT of 1000 ms.
  assert.deepEqual(
    data.points.map((
      point,
    ) => [point.cell.x, point.goodRequestsPerS, point.requestsPerS, point.goodTokensPerS]),
    [[5, 1, 1, 2], [5, 1, 1, 2], [10, 0.5, 1, 1], [10, 0.5, 1, 1]],
  );
  assert.equal(
    caption,
    "Goodput is largest at concurrency 5, round 1: 1.00 of 1.00 requests/s that succeeded, 100% of the requests " +
      "offered. At the highest load, concurrency 10, round 2, it is 0.500 of 1.00 requests/s that succeeded, " +
      "50% of the requests offered. The gap between the lines is work outside the objective.",
  );
});

Deno.test("goodputFigure() says when everything is good, nothing is, or nothing was measured", () => {
  const captionAt = (ttftMs: number) => goodputFigure(summarizeRun(withLimit(rounds, ttftMs))).caption;
  assert.match(captionAt(1001), /Every request that succeeded kept every limit, so the two lines are one\.$/);
  assert.equal(captionAt(50), "No request kept every limit, at any load.");
  assert.equal(goodputFigure(summarizeRun(rounds)).caption, "No goodput was measured.");
});

Deno.test("drawGoodput() has a solid and a dashed line per series in each panel, with labels", () => {
  const drawing = drawGoodput(goodputFigure(summarizeRun(withLimit(rounds, 600))), makeDrawOptions());
  const dashed = drawing.querySelectorAll('g[stroke-dasharray="5 4"] path');
  assert.equal(dashed.length, 4); // two rounds in two panels
  assert.equal(drawing.querySelectorAll("circle").length, 8); // four cells in two panels
  const texts = textsOf(drawing);
  for (const text of ["good round 1", "all round 2", "Requests (1/s)", "Output tokens (1/s)"]) {
    assert.ok(texts.includes(text), `${text} is not among ${texts.join(", ")}`);
  }
  assert.ok(!drawing.outerHTML.includes("NaN"));
});

Deno.test("drawGoodput() leaves out cells that the reader hid", () => {
  const figure = goodputFigure(summarizeRun(withLimit(rounds, 600)));
  assert.equal(drawGoodput(figure, makeDrawOptions({ cells: [0, 2] })).querySelectorAll("circle").length, 4);
  assert.ok(textsOf(drawGoodput(figure, makeDrawOptions({ cells: [] }))).includes("no values"));
});

Deno.test("drawGoodput() draws a trace replay, and a cell in which everything failed not at all", () => {
  const replay = goodputFigure(summarizeRun(withLimit(makeRun({ requests: 20 }), 500)));
  const drawing = drawGoodput(JSON.parse(JSON.stringify(replay)), makeDrawOptions());
  assert.equal(drawing.querySelectorAll("circle").length, 12); // six scales in two panels
  const failed = withLimit(makeSmallRun([makeCell()], [makeFailure([])]), 500);
  assert.ok(
    textsOf(drawGoodput(goodputFigure(summarizeRun(failed)), makeDrawOptions())).includes("no values"),
  );
});
