import assert from "node:assert/strict";
import { summarizeRun } from "../../lib/metrics/mod.ts";
import {
  describeLargestLoad,
  describeShortLoad,
  largestLoad,
  loadPoint,
  paretoEfficient,
} from "../../lib/metrics/what_if.ts";
import { makeRecord } from "../testdata/record.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";
import { makeConfiguration, makePoint } from "../testdata/what_if.ts";

const point = (scale: number, met: boolean | null) =>
  makePoint(scale, { ms: 1, tokensPerS: 1, slo: { met, reasons: met === null ? ["too few values"] : [] } });

Deno.test("loadPoint() divides by GPUs and leaves a p99 out below 100 values", () => {
  const records = [makeRecord([100, 200, 300]), makeRecord([150, 250, 350], { id: 1 })];
  const run = makeSmallRun([makeCell({ parameters: { scale: 0.5 }, requestCount: 2 })], records);
  const [cell] = summarizeRun(run).cells;
  assert.ok(cell);
  const limits = [{ metric: "ttft", percentile: "p50", limitMs: 125 }] as const;
  const found = loadPoint(cell, { slo: limits, gpus: 4, noVerdict: null });
  assert.equal(found.scale, 0.5);
  assert.deepEqual(found.latencies.ttft, { count: 2, p50Ms: 125, p99Ms: null });
  assert.equal(found.outputTokensPerSPerGpu, (cell.outputTokensPerS ?? NaN) / 4);
  assert.equal(found.slo.met, true);
  assert.deepEqual(loadPoint(cell, { slo: limits, gpus: 4, noVerdict: "no verdict" }).slo, {
    met: null,
    reasons: ["no verdict"],
  });
});

Deno.test("largestLoad() is the smallest scale that meets the SLO, and tells whether more was tried", () => {
  const bound = largestLoad([point(1.6, true), point(0.4, false), point(0.8, true)]);
  assert.ok(bound.kind === "found");
  assert.deepEqual([bound.point.scale, bound.isBound, bound.missesBelow], [0.8, true, false]);
  const open = largestLoad([point(1.6, true), point(0.8, true)]);
  assert.ok(open.kind === "found");
  assert.deepEqual([open.point.scale, open.isBound], [0.8, false]);
  assert.match(describeLargestLoad(open), /^bound not reached/);
});

Deno.test("largestLoad() tells when a smaller load misses the SLO", () => {
  const load = largestLoad([point(1.6, false), point(0.8, true), point(0.4, false)]);
  assert.match(describeLargestLoad(load), /a smaller load misses it/);
});

Deno.test("largestLoad() is none when every load misses, and unknown when nothing is judged", () => {
  assert.deepEqual(largestLoad([point(1, false), point(2, false)]), { kind: "none" });
  assert.deepEqual(largestLoad([point(1, null), point(2, false)]), {
    kind: "unknown",
    reason: "too few values",
  });
  assert.equal(largestLoad([]).kind, "unknown");
});

Deno.test("paretoEfficient() keeps equal points, and of equal throughput only the lower latency", () => {
  const at = (latencyMs: number, throughput: number) => ({ latencyMs, throughput });
  assert.deepEqual(paretoEfficient([at(10, 5), at(10, 5)]), [true, true]);
  assert.deepEqual(paretoEfficient([at(10, 5), at(11, 5), at(10, 4)]), [true, false, false]);
  assert.deepEqual(paretoEfficient([]), []);
});

Deno.test("describeShortLoad() warns of the shortest load when it lasts less than two minutes", () => {
  // Of 200 requests.
  const lasting = (scale: number, offeredRequestsPerS: number) => ({
    ...point(scale, true),
    offeredRequestsPerS,
  });
  const warn = (...points: ReturnType<typeof lasting>[]) =>
    describeShortLoad({ configurations: [makeConfiguration(0, points)] });
  assert.match(warn(lasting(1, 1), lasting(0.2, 5)) ?? "", /^At scale 0\.2 the load lasts 40 s: /);
  assert.equal(warn(lasting(1, 1)), null); // 199 s
  assert.equal(describeShortLoad({ configurations: [] }), null);
});
