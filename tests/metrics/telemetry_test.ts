import assert from "node:assert/strict";

import { histogramQuantile } from "../../lib/metrics/histogram_quantile.ts";
import { cacheCounts, summarizeTelemetry } from "../../lib/metrics/telemetry.ts";
import { courseOf, thinCourse } from "../../lib/metrics/telemetry_course.ts";
import type { TelemetryFamily, TelemetryLine } from "../../lib/types.ts";

const family = (name: string, type: TelemetryFamily["type"]): TelemetryFamily => ({ name, type, help: "" });
const source = (
  families: readonly TelemetryFamily[],
  via: "page" | "prometheus" = "page",
): TelemetryLine => ({
  ...{ kind: "source", url: "http://h/metrics", via, intervalMs: 1000, families },
});
const sample = (atMs: number, values: Readonly<Record<string, number>>, cell = 0): TelemetryLine => ({
  ...{ kind: "sample", cell, atMs, values },
});
const counted = (...values: readonly (number | undefined)[]) =>
  values.map((value, i) => sample(i * 1000, value === undefined ? {} : { n_total: value }));

Deno.test("summarizeTelemetry() adds up what a counter grew, from 0 after a restart", () => {
  const cases: readonly (readonly [
    values: readonly (number | undefined)[],
    expected: readonly [delta: number, perS: number | null, resets: number] | null,
  ])[] = [
    [[10, 13, 13, 20], [10, 10 / 3, 0]],
    [[10, 15, 2, 6], [11, 11 / 3, 1]], // 5, then 2 since the restart, then 4
    [[10, undefined, 14], [4, 2, 0]], // a reading without it
    [[undefined, 3, 5], [5, 2.5, 0]], // the page had it only from the first count on
    [[7], null], // nothing to compare with
    [[undefined, undefined], null],
  ];
  for (const [values, expected] of cases) {
    const lines = [source([family("n_total", "counter")]), ...counted(...values)];
    const [found] = summarizeTelemetry(lines, 0).families;
    const told = found?.kind === "counter" ? [found.delta, found.perS, found.resets] : null;
    assert.deepEqual(told, expected, JSON.stringify(values));
  }
});

Deno.test("summarizeTelemetry() does not count from 0 what a Prometheus server read late", () => {
  const lines = [source([family("n_total", "counter")], "prometheus"), ...counted(undefined, 100, 103)];
  const [found] = summarizeTelemetry(lines, 0).families;
  assert.equal(found?.kind === "counter" && found.delta, 3);
});

Deno.test("summarizeTelemetry() sums a counter's series and keeps a gauge's apart, named by what differs", () => {
  const lines = [
    source([family("n_total", "counter"), family("load", "gauge")]),
    sample(0, {
      'n_total{a="1"}': 1,
      'n_total{a="2"}': 10,
      'load{gpu="0",m="x"}': 1,
      'load{gpu="1",m="x"}': 5,
    }),
    sample(2000, {
      'n_total{a="1"}': 3,
      'n_total{a="2"}': 14,
      'load{gpu="0",m="x"}': 3,
      'load{gpu="1",m="x"}': 5,
    }),
    sample(9000, { 'load{gpu="0",m="x"}': 100 }, 1),
  ];
  const { families, readings } = summarizeTelemetry(lines, 0);
  assert.equal(readings, 2);
  assert.deepEqual(
    families.map((one) =>
      one.kind === "gauge"
        ? [one.labels, one.distribution.mean, one.last]
        : one.kind === "counter" && [one.series, one.delta, one.perS]
    ),
    [[2, 6, 3], ['gpu="0"', 2, 3], ['gpu="1"', 5, 5]],
  );
});

Deno.test("summarizeTelemetry() takes a histogram from the first reading to the last, bucket by bucket over its series", () => {
  const reading = (counts: readonly number[], sum: number, tp: string) => ({
    [`h_bucket{le="1",tp="${tp}"}`]: counts[0] ?? 0,
    [`h_bucket{le="3",tp="${tp}"}`]: counts[1] ?? 0,
    [`h_bucket{le="+Inf",tp="${tp}"}`]: counts[2] ?? 0,
    [`h_count{tp="${tp}"}`]: counts[2] ?? 0,
    [`h_sum{tp="${tp}"}`]: sum,
  });
  const lines = [
    source([family("h", "histogram")]),
    sample(0, { ...reading([5, 5, 5], 2, "0"), ...reading([0, 0, 0], 0, "1") }),
    sample(1000, { ...reading([6, 8, 9], 13, "0"), ...reading([1, 3, 4], 9, "1") }),
  ];
  // 2 up to 1, 6 up to 3, 8 in all; their sum is 11 + 9
  assert.deepEqual(summarizeTelemetry(lines, 0).families, [
    {
      kind: "histogram",
      family: family("h", "histogram"),
      count: 8,
      mean: 2.5,
      p50: 2,
      p90: 3,
      p99: 3,
      resets: 0,
    },
  ]);
});

Deno.test("summarizeTelemetry() says nothing of a histogram without observations, which is not 0", () => {
  const values = { 'h_bucket{le="1"}': 2, 'h_bucket{le="+Inf"}': 2, h_count: 2, h_sum: 1 };
  const lines = [source([family("h", "histogram")]), sample(0, values), sample(1, values)];
  const [found] = summarizeTelemetry(lines, 0).families;
  assert.deepEqual(found?.kind === "histogram" && [found.count, found.mean, found.p50], [0, null, null]);
});

Deno.test("histogramQuantile() is that of Prometheus", () => {
  const buckets = (...pairs: readonly (readonly [number, number])[]) =>
    pairs.map(([bound, count]) => ({ bound, count }));
  const three = buckets([1, 2], [3, 6], [Infinity, 8]);
  const cases: readonly (readonly [q: number, of: ReturnType<typeof buckets>, expected: number | null])[] = [
    [0.5, three, 2], // rank 4: 1 + 2 · (4 − 2) / 4
    [0.125, three, 0.5], // rank 1 of 2 between 0 and 1
    [0.75, three, 3], // rank 6: the end of the bucket
    [0.99, three, 3], // beyond the last bound
    [0.5, three.toReversed(), 2],
    [0.5, buckets([-1, 2], [Infinity, 2]), -1], // a first bound that is not above 0
    [0.5, buckets([1, 0], [Infinity, 0]), null], // nothing observed
    [0.5, buckets([1, 2], [3, 6]), null], // no bucket for everything
    [0.5, buckets([Infinity, 6]), null],
    [0.5, [], null],
    [0, buckets([1, 0], [2, 4], [Infinity, 4]), null],
    [0.5, buckets([1, 4], [2, 3], [Infinity, 4]), 0.5], // a count that falls is not taken
  ];
  for (const [q, of, expected] of cases) {
    assert.equal(histogramQuantile(q, of), expected, JSON.stringify([q, of]));
  }
});

Deno.test("cacheCounts() sums the sources of cached tokens and tells no hits from no counter", () => {
  const names = { queries: "q_total", hits: "hits_total" };
  const both = source([family("q_total", "counter"), family("hits_total", "counter")]);
  const first = [sample(0, { q_total: 0 }), sample(1, { q_total: 100 })];
  const second = [
    sample(2, { q_total: 100 }, 1),
    sample(3, { q_total: 300, 'hits_total{s="device"}': 60, 'hits_total{s="host"}': 40 }, 1),
  ];
  const lines = [both, ...first, ...second];
  assert.deepEqual(cacheCounts(lines, { cell: 0, ...names }), { promptTokens: 100, cachedTokens: 0 });
  assert.deepEqual(cacheCounts(lines, { cell: 1, ...names }), { promptTokens: 200, cachedTokens: 100 });
  assert.equal(
    cacheCounts([source([family("q_total", "counter")]), ...first], { cell: 0, ...names }),
    undefined,
  );
  assert.equal(cacheCounts(lines, { cell: 2, ...names }), undefined);
  const late = source([family("q_total", "counter"), family("hits_total", "counter")], "prometheus");
  assert.equal(cacheCounts([late, ...second], { cell: 1, ...names }), undefined);
});

Deno.test("courseOf() gives values, growth per second and means, and breaks at an outage", () => {
  const lines: TelemetryLine[] = [
    source([family("load", "gauge"), family("n_total", "counter"), family("h", "histogram")]),
    sample(0, { load: 1, n_total: 0, h_count: 0, h_sum: 0 }),
    sample(500, { load: 2, n_total: 5, h_count: 2, h_sum: 3 }),
    { kind: "gap", cell: 0, atMs: 1000, message: "down" },
    sample(2500, { load: 3, n_total: 9, h_count: 2, h_sum: 3 }),
  ];
  const points = (name: string, type: TelemetryFamily["type"]) =>
    courseOf(lines, { family: family(name, type), cell: 0 }).map(({ points }) =>
      points.map(({ atMs, value }) => [atMs, value])
    );
  assert.deepEqual(points("load", "gauge"), [[[500, 2], [1000, null], [2500, 3]]]);
  assert.deepEqual(points("n_total", "counter"), [[[500, 10], [1000, null], [2500, 2]]]);
  assert.deepEqual(points("h", "histogram"), [[[500, 1.5], [1000, null], [2500, null]]]);
  assert.deepEqual(points("gone", "gauge"), []);
});

Deno.test("thinCourse() keeps peaks or means, and never joins over a gap", () => {
  const points = [1, 5, 2, null, 4, 6, 8].map((value, i) => ({ atMs: i, value }));
  const pairs = (join: "largest" | "mean") =>
    thinCourse(points, { most: 4, join }).map(({ atMs, value }) => [atMs, value]);
  assert.deepEqual(pairs("largest"), [[1, 5], [2, 2], [3, null], [5, 6], [6, 8]]);
  assert.deepEqual(pairs("mean"), [[1, 3], [2, 2], [3, null], [5, 5], [6, 8]]);
  assert.deepEqual(thinCourse(points, { most: 7, join: "mean" }), points);
});
