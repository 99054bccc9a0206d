import assert from "node:assert/strict";

import { alignCells, comparedRequests } from "../../../lib/metrics/compare/align.ts";
import { comparedMetrics, type ComparedRequest } from "../../../lib/metrics/compare/compared_metrics.ts";
import type { RequestPoint } from "../../../lib/metrics/digest.ts";

const nothing = { ttftMs: null, tpotMs: null, itlMs: null, e2eMs: null, isGood: null };

function request(id: number, change: Partial<ComparedRequest> = {}): ComparedRequest {
  return { ...nothing, id, sentMs: 100 * id, lastMs: 100 * id + 250, outputTokens: 5, ...change };
}

const point: RequestPoint = {
  ...{ id: 7, outcome: "ok", sentMs: 10, headersMs: 11, firstMs: 60, lastMs: 160.5, doneMs: 161 },
  ...{ inputTokens: 9, outputTokens: 6, isCounted: true, cachedTokens: undefined, turn: undefined },
  ...{ ttftMs: 50, tpotMs: 20.1, e2eMs: 150.5, sendLagMs: undefined },
};

Deno.test("comparedRequests() takes a success as it is and a failure as nothing", () => {
  const without = { ttftMs: undefined, tpotMs: undefined, e2eMs: undefined };
  const failed: RequestPoint = { ...point, ...without, id: 8, outcome: "failed" };
  const silent: RequestPoint = { ...point, ...without, id: 9, outputTokens: 0 };
  const isGood = ({ ttftMs = Infinity }: RequestPoint) => ttftMs < 100;
  assert.deepEqual(comparedRequests([point, failed, silent], { isGood, itlMs: () => 19 }), [
    {
      id: 7,
      sentMs: 10,
      lastMs: 160.5,
      outputTokens: 6,
      ttftMs: 50,
      tpotMs: 20.1,
      itlMs: 19,
      e2eMs: 150.5,
      isGood: true,
    },
    { ...nothing, id: 8, sentMs: 10, lastMs: null, outputTokens: 0, isGood: false },
    { ...nothing, id: 9, sentMs: 10, lastMs: 160.5, outputTokens: 0, isGood: false },
  ]);
  const [unjudged] = comparedRequests([point]);
  assert.deepEqual([unjudged?.isGood, unjudged?.itlMs], [null, null]);
  // Without one clock, and without a last tic, rates and E2E are not known.
  const [alone] = comparedRequests([{ ...point, e2eMs: undefined }], { hasOneClock: false });
  assert.deepEqual([alone?.lastMs, alone?.e2eMs, alone?.ttftMs], [null, null, 50]);
});

Deno.test("alignCells() puts requests into the order of sending, and a rate is over the run's duration", () => {
  // Sent 0, 100, 200, 300; 1 ends last of the first two, 2 failed, 3 ends before 1 did
  const a = [
    request(3, { lastMs: 520 }),
    request(0),
    request(1, { lastMs: 600 }),
    request(2, { lastMs: null }),
  ];
  const b = [request(0), request(1), request(3)];
  const sets = { a: [{ label: "x", repeats: [a] }], b: [{ label: "x", repeats: [b] }] };
  const [cell] = alignCells(sets, comparedMetrics.filter(({ name }) => name === "requestsPerS"));
  assert.equal(cell?.requests, 4);
  assert.deepEqual([...cell.a[0]?.[0]?.values ?? []], [1, 1, 0, 1]);
  // In s: from 0 to 600 ms
  assert.deepEqual([...cell.a[0]?.[0]?.base ?? []], [0.6, 0, 0, 0]);
  // 2 was never sent; from 0 to 550 ms
  assert.deepEqual([...cell.b[0]?.[0]?.values ?? []], [1, 1, 0, 1]);
  assert.deepEqual([...cell.b[0]?.[0]?.base ?? []], [0.55, 0, 0, 0]);
});

Deno.test("alignCells() refuses what cannot be compared", () => {
  const cell = (label: string, repeats = 1) => ({ label, repeats: new Array(repeats).fill([request(0)]) });
  const align = (a: ReturnType<typeof cell>[], b: ReturnType<typeof cell>[]) => () =>
    alignCells({ a, b }, []);
  assert.throws(align([], []), /the same cells, at least one: A has 0 and B has 0/);
  assert.throws(align([cell("x")], [cell("y")]), /A has "x" where B has "y"/);
  assert.throws(align([cell("x")], [cell("x", 2)]), /"x" has 2 in B and the first cell has 1 in A/);
  assert.throws(align([cell("x", 0)], [cell("x", 0)]), /as many repeats, at least one/);
  const twice = [{ label: "x", repeats: [[request(4), request(4)]] }];
  assert.throws(() => alignCells({ a: twice, b: twice }, []), /4 comes twice in one repeat/);
});
