import assert from "node:assert/strict";

import { cellTable, runTable } from "../../lib/cli/tables.ts";
import { summarizeCell } from "../../lib/metrics/mod.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";
import { makeCell } from "../testdata/runs/small_run.ts";

const cell = makeCell({
  label: "scale 0.4",
  parameters: { scale: 0.4 },
  requestCount: 200,
  offeredRequestsPerS: 20,
});

/** Rows of a table as lists of cells. */
function rows(table: string): string[][] {
  return table.split("\n").filter((line) => line.startsWith("│")).map((line) =>
    line.split("│").slice(1, -1).map((text) => text.trim())
  );
}

Deno.test("cellTable() shows every metric with its count, and a dash for a p99 of few values", () => {
  const few = rows(cellTable(summarizeCell(cell, [makeRecord([100, 110])])));
  assert.deepEqual(few[1], ["TTFT", "100", "100", "100", "100", "–", "100", "100", "0", "1"]);
  const many = Array.from({ length: 100 }, (_, id) => makeRecord([id + 1, id + 2], { id }));
  assert.equal(rows(cellTable(summarizeCell(cell, many)))[1]?.[5], "99.0"); // 1 … 100: h = 98.01 → 99.01
});

Deno.test("tables say what failed and that a cell is not valid", () => {
  const summary = summarizeCell(cell, [makeFailure([]), makeFailure([])]);
  assert.match(cellTable(summary), /NOT VALID: no request succeeded\n2 × failed \(http\): HTTP 503/);
  assert.deepEqual(rows(runTable([summary])).at(-1)?.slice(-2), ["0/200", "NO"]);
});

Deno.test("cellTable() speaks of an offered load only where there is one", () => {
  const records = [makeRecord([100, 110])];
  assert.match(cellTable(summarizeCell(cell, records)), /· offered 20\.0 req\/s, done/);
  const burst = cellTable(summarizeCell({ ...cell, offeredRequestsPerS: null }, records));
  assert.match(burst, / requests · done/);
  assert.doesNotMatch(burst, /offered/);
});
