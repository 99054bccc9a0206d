import assert from "node:assert/strict";

import { hitRates } from "../../lib/metrics/hit_rates.ts";
import type { Cell, Json, RequestRecord, Run } from "../../lib/types.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";

function answer(
  promptTokens: number,
  cachedTokens?: number,
  change: Partial<RequestRecord> = {},
): RequestRecord {
  const usage = { promptTokens, completionTokens: 1, ...(cachedTokens !== undefined && { cachedTokens }) };
  return makeRecord([100], { usage, ...change });
}

function makeRun(cell: Partial<Cell>, records: readonly RequestRecord[], cache?: Json): [Run, Cell] {
  const made = makeCell({ parameters: { concurrency: 1, round: 2 }, ...cell });
  const run = makeSmallRun([made], records);
  const engine = { ...run.manifest.engine, details: { cache: cache ?? "radix" } };
  return [{ ...run, manifest: { ...run.manifest, engine } }, made];
}

const counts = (promptTokens: number, cachedTokens: number) => ({ promptTokens, cachedTokens });

Deno.test("hitRates() puts three rates side by side, each with its own tokens", () => {
  const [run, cell] = makeRun(
    { theoreticalCache: counts(300, 288), metricsCache: counts(300, 288) },
    [answer(100, 96), answer(200, 192, { id: 1 })],
  );
  const { reconciliation, ...rates } = hitRates(run, cell);
  const rate = { promptTokens: 300, cachedTokens: 288, ratio: 0.96 };
  assert.deepEqual(rates, { theoretical: rate, usage: rate, metrics: rate });
  assert.deepEqual(reconciliation, [
    "theoretical and usage agree to the token.",
    "usage and /metrics agree to the token.",
  ]);
});

Deno.test("hitRates() says what is not available, and takes no silence for 0 where all are silent", () => {
  const [run, cell] = makeRun({}, [answer(100)]);
  const { theoretical, usage, metrics, reconciliation } = hitRates(run, cell);
  assert.deepEqual([theoretical, usage, metrics], [null, null, null]);
  assert.equal(reconciliation.filter((sentence) => /not available/.test(sentence)).length, 3);
});

Deno.test("hitRates() of a cell is 0 by usage where the server is silent on it and says something elsewhere", () => {
  const cells = [0, 1].map((index) => makeCell({ index, parameters: { concurrency: 1, round: index + 1 } }));
  const run = makeSmallRun(cells, [answer(100), answer(100, 96, { cell: 1 })]);
  assert.deepEqual(cells.map((cell) => hitRates(run, cell).usage?.ratio), [0, 0.96]);
});

/** What is changed of a cell in which all agree, and what must be said. */
const gaps: readonly (readonly [string, Partial<Cell>, RequestRecord[], RegExp])[] = [
  [
    "failed requests",
    { theoreticalCache: counts(400, 384), metricsCache: counts(400, 200) },
    [answer(200, 192), makeFailure([], { id: 1 })],
    /1 requests got no whole answer: the counters have them, usage has not/,
  ],
  [
    "eviction",
    { theoreticalCache: counts(200, 192) },
    [answer(200, 64)],
    /usage is 64\.0 percentage points below theoretical: .*evicted/,
  ],
  [
    "a cache that found nothing",
    { theoreticalCache: counts(200, 192), metricsCache: counts(200, 0) },
    [answer(200)],
    /\/metrics is 96\.0 percentage points below theoretical: nothing was found .* the cache is off, or all of it was evicted/,
  ],
  [
    "requests that share a prefix at the same time",
    { theoreticalCache: counts(200, 100), parameters: { concurrency: 8, round: 1 } },
    [answer(200, 16)],
    /requests in flight together compute a prefix that they share each by itself/,
  ],
  [
    "a cache that was warm before",
    { theoreticalCache: counts(200, 0), parameters: { concurrency: 1, round: 1 } },
    [answer(200, 192)],
    /usage is 96\.0 percentage points above theoretical: the cache was not emptied before this cell/,
  ],
  [
    "other traffic",
    { metricsCache: counts(1200, 192) },
    [answer(200, 192)],
    /\/metrics is 80\.0 percentage points below usage: the counters have 1,000 prompt tokens more: somebody else/,
  ],
];

for (const [name, cell, records, expected] of gaps) {
  Deno.test(`hitRates() explains a gap by ${name}`, () => {
    assert.match(hitRates(...makeRun(cell, records)).reconciliation.join("\n"), expected);
  });
}

Deno.test("hitRates() explains a gap by a cache that is off, and by nothing else", () => {
  const [run, cell] = makeRun({ theoreticalCache: counts(200, 192), metricsCache: counts(200, 0) }, [
    answer(200),
  ], "naive");
  const [first] = hitRates(run, cell).reconciliation;
  assert.equal(first, "/metrics is 96.0 percentage points below theoretical: the engine keeps no prefixes.");
});

Deno.test("hitRates() calls rates the same within 0.1 percentage points", () => {
  const [run, cell] = makeRun({ theoreticalCache: counts(10_000, 9_605) }, [answer(10_000, 9_600)]);
  assert.equal(
    hitRates(run, cell).reconciliation[0],
    "theoretical and usage agree within 0.1 percentage points.",
  );
});
