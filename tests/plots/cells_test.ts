import assert from "node:assert/strict";
import { layOutCells } from "../../lib/plots/mod.ts";
import { makeCell } from "../testdata/runs/small_run.ts";

Deno.test("layOutCells() orders a replay by offered load and keeps the scale beside it", () => {
  const { axis, cells } = layOutCells([
    makeCell({ index: 0, label: "0.4×", parameters: { scale: 0.4 }, offeredRequestsPerS: 10 }),
    makeCell({ index: 1, label: "0.8×", parameters: { scale: 0.8 }, offeredRequestsPerS: 5 }),
    makeCell({ index: 2, label: "1.6×", parameters: { scale: 1.6 }, offeredRequestsPerS: 2.5 }),
  ]);
  assert.deepEqual(axis, { kind: "offered", label: "Offered load (requests/s)", second: "scale" });
  assert.deepEqual(cells.map(({ index, x, second, level }) => [index, x, second, level]), [
    [2, 2.5, "1.6", 0],
    [1, 5, "0.8", 0.5],
    [0, 10, "0.4", 1],
  ]);
});

Deno.test("layOutCells() puts a closed loop on its own parameter and the rest into series", () => {
  const { axis, cells } = layOutCells(
    [1, 2, 4].flatMap((concurrency, i) =>
      [1, 2].map((round) =>
        makeCell({ index: 2 * i + round - 1, parameters: { round, concurrency }, offeredRequestsPerS: null })
      )
    ),
  );
  assert.deepEqual(axis, { kind: "parameter", label: "concurrency", second: null });
  assert.deepEqual(cells.map(({ x }) => x), [1, 1, 2, 2, 4, 4]);
  assert.deepEqual(cells.slice(0, 2).map(({ series }) => series), ["round 1", "round 2"]);
});

/** Concurrency 5 and 20 in two rounds, in two stages. */
function roundCells(levels: readonly number[], stages: readonly (string | undefined)[] = [undefined]) {
  return stages.flatMap((stage) =>
    levels.flatMap((concurrency) => [1, 2].map((round) => ({ ...(stage && { stage }), concurrency, round })))
  ).map((parameters, index) => makeCell({ index, parameters, offeredRequestsPerS: null }));
}

Deno.test("layOutCells() gives the rounds of one load the same level, and each its tone", () => {
  assert.deepEqual(layOutCells(roundCells([5, 10, 20])).cells.map(({ level, tone }) => [level, tone]), [
    [0, "cold"],
    [0, "warm"],
    [0.5, "cold"],
    [0.5, "warm"],
    [1, "cold"],
    [1, "warm"],
  ]);
});

Deno.test("layOutCells() takes concurrency for the axis even where there are more rounds than loads", () => {
  const cells = [1, 2].flatMap((concurrency) => [1, 2, 3].map((round) => ({ concurrency, round })))
    .map((parameters, index) => makeCell({ index, parameters, offeredRequestsPerS: null }));
  assert.equal(layOutCells(cells).axis.label, "concurrency");
});

Deno.test("layOutCells() puts the rounds of a single load on the axis", () => {
  const { axis, cells } = layOutCells(roundCells([5]));
  assert.equal(axis.label, "round");
  assert.deepEqual(cells.map(({ x, series, level, tone }) => [x, series, level, tone]), [
    [1, "", 0.5, "cold"],
    [2, "", 0.5, "warm"],
  ]);
});

Deno.test("layOutCells() makes a series of each stage and round", () => {
  const { cells } = layOutCells(roundCells([5, 10], ["short", "long"]));
  assert.deepEqual([...new Set(cells.map(({ series }) => series))], [
    ...["short, round 1", "short, round 2", "long, round 1", "long, round 2"],
  ]);
  assert.deepEqual(cells.map(({ level }) => level), [0, 0, 1 / 3, 1 / 3, 2 / 3, 2 / 3, 1, 1]);
});

Deno.test("layOutCells() sees no rounds where there is one", () => {
  const cells = [5, 10].map((concurrency, index) =>
    makeCell({ index, parameters: { concurrency, round: 1 } })
  );
  assert.deepEqual(layOutCells(cells).cells.map(({ tone, series }) => [tone, series]), [["load", ""], [
    "load",
    "",
  ]]);
});

Deno.test("layOutCells() spells parameters as words", () => {
  const { axis, cells } = layOutCells(
    [64, 8].map((batchSize, index) =>
      makeCell({ index, parameters: { batchSize, cacheSize: index }, offeredRequestsPerS: null })
    ),
  );
  assert.equal(axis.label, "batch size");
  assert.deepEqual(cells.map(({ x, series }) => [x, series]), [[8, "1 cache size"], [64, "0 cache size"]]);
});

Deno.test("layOutCells() keeps the order of cells that no number describes", () => {
  const { axis, cells } = layOutCells(
    ["b", "a"].map((engine, index) =>
      makeCell({ index, label: engine, parameters: { engine }, offeredRequestsPerS: null })
    ),
  );
  assert.equal(axis.kind, "category");
  assert.deepEqual(cells.map(({ label, x }) => [label, x]), [["b", 0], ["a", 1]]);
});

Deno.test("layOutCells() takes one cell and none", () => {
  assert.deepEqual(layOutCells([]).cells, []);
  assert.deepEqual(layOutCells([makeCell()]).cells.map(({ level, series }) => [level, series]), [[1, ""]]);
});

Deno.test("a round's short label leaves out what the axis or legend says; other labels stay", () => {
  const cell = (index: number, label: string, parameters: Record<string, number>) => ({
    ...{ index, label, parameters, offeredRequestsPerS: null },
  });
  const rounds = [1, 16].flatMap((concurrency, i) =>
    [1, 2].map((round) =>
      cell(2 * i + round, `concurrency ${concurrency}, round ${round}`, { concurrency, round })
    )
  );
  assert.deepEqual(layOutCells(rounds).cells.map(({ short }) => short), [
    ...["1, round 1", "1, round 2", "16, round 1", "16, round 2"],
  ]);
  const batches = [4, 16].map((batchSize, i) => cell(i, `batch size ${batchSize}`, { batchSize }));
  assert.deepEqual(layOutCells(batches).cells.map(({ short }) => short), ["batch size 4", "batch size 16"]);
  const zh = [1, 2].map((round) => cell(round, `并发5-第${round}轮`, { concurrency: 5, round }));
  assert.deepEqual(layOutCells(zh).cells.map(({ short }) => short), ["并发5-第1轮", "并发5-第2轮"]);
});
