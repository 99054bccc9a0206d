import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import fc from "fast-check";
import { parseSeries } from "../../lib/metrics/telemetry_series.ts";
import { parseExposition, parseValue, seriesKey } from "../../lib/telemetry/exposition.ts";
import { parseExposition as parseStrictly } from "../simulator/telemetry/parse_exposition.ts";

const golden = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../golden/telemetry/${name}.prom`, import.meta.url)), "utf8");
const seriesOf = (text: string) => parseExposition(text).samples.map(({ series, value }) => [series, value]);
const typesOf = (text: string) => parseExposition(text).families.map(({ name, type }) => [name, type]);

for (const name of ["sglang", "vllm"]) {
  Deno.test(`parseExposition() reads the golden page of ${name} as the strict reader does`, () => {
    const strict = [...parseStrictly(golden(name)).values()];
    const { families, samples, badLines } = parseExposition(golden(name));
    assert.deepEqual(families, strict.map(({ name, type, help }) => ({ name, type, help })));
    assert.deepEqual(
      samples.map(({ name, labels, value }) => ({ name, labels, value })),
      strict.flatMap(({ samples }) => samples),
    );
    assert.equal(badLines, 0);
  });
}

Deno.test("parseExposition() reads what a page may look like", () => {
  const cases: readonly (readonly [text: string, series: readonly (readonly [string, number])[]])[] = [
    ["", []],
    ["\n\n# a comment\n", []],
    ["up 1", [["up", 1]]], // the last line has no end
    ["up 1\r\nload 2\r\n", [["up", 1], ["load", 2]]],
    ["  up\t1  \n", [["up", 1]]],
    ["up 1 1700000000000\n", [["up", 1]]], // timestamp in ms
    ["up{} 1\n", [["up", 1]]],
    ['up{b="2",a="1"} 1\n', [['up{a="1",b="2"}', 1]]],
    ['up{ a = "1" , b = "2" , } 1\n', [['up{a="1",b="2"}', 1]]],
    ['up{a=""} 1\n', [["up", 1]]], // an empty label is none
    ['up{a="1"}1\n', [['up{a="1"}', 1]]],
    ['up{a="x,y}=\\"z\\" \\\\ \\n"} 1\n', [['up{a="x,y}=\\"z\\" \\\\ \\n"}', 1]]],
    ['up{a="\\\\"} 1\n', [['up{a="\\\\"}', 1]]], // one backslash before the closing quote
    ['up{模型="通义"} 1\n', [['up{模型="通义"}', 1]]],
    ["up +Inf\ndown -Inf\nodd NaN\n", [["up", Infinity], ["down", -Infinity], ["odd", NaN]]],
    ["up 1e-05\ndown -2.5E+3\n", [["up", 1e-5], ["down", -2500]]],
    ['x_bucket{le="1"} 3 # {trace_id="a b"} 0.5 1.7\n', [['x_bucket{le="1"}', 3]]], // exemplar
    ["up one\nload 2\n{oops\n", [["load", 2]]], // bad lines among good ones
  ];
  for (const [text, series] of cases) assert.deepEqual(seriesOf(text), series, JSON.stringify(text));
  assert.equal(parseExposition('up one\nload 2\nup{a=1} 3\nup{a="1\nup\n').badLines, 4);
});

Deno.test("parseExposition() finds the family of every sample", () => {
  const cases: readonly (readonly [text: string, types: readonly (readonly [string, string])[]])[] = [
    ["# TYPE up gauge\nup 1\n", [["up", "gauge"]]],
    ["# HELP up Says so.\nup 1\n", [["up", "untyped"]]],
    ["# TYPE n counter\nn_total 1\n# EOF\n", [["n_total", "counter"]]], // OpenMetrics
    ["# TYPE n_total counter\nn_total 1\n", [["n_total", "counter"]]], // 0.0.4
    ["n_total 1\n", [["n_total", "counter"]]], // by convention
    ["# TYPE n_total gauge\nn_total 1\n", [["n_total", "gauge"]]], // what is said counts
    ["# TYPE n unknown\nn 1\n", [["n", "untyped"]]],
    ['# TYPE build info\nbuild_info{v="1"} 1\n', [["build_info", "gauge"]]],
    // in pieces, the type after its samples
    ["a 1\nh_sum 3\n# TYPE a gauge\nh_count 2\n# TYPE h histogram\n", [["a", "gauge"], ["h", "histogram"]]],
    ['h_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n', [["h", "histogram"]]], // no TYPE at all
    ["bytes_sum 3\n", [["bytes_sum", "untyped"]]],
    ['# TYPE s summary\ns{quantile="0.5"} 1\ns_sum 3\ns_count 2\n', [["s", "summary"]]],
    // creation times say nothing about load
    ["# TYPE n counter\nn_total 1\nn_created 1.7e9\n", [["n_total", "counter"]]],
    ["# TYPE n_total counter\nn_total 1\n# TYPE n_created gauge\nn_created 1.7e9\n", [[
      "n_total",
      "counter",
    ]]],
    ["# TYPE jobs_created gauge\njobs_created 7\n", [["jobs_created", "gauge"]]], // not one of those
  ];
  for (const [text, types] of cases) assert.deepEqual(typesOf(text), types, JSON.stringify(text));
});

Deno.test("parseExposition() says what came in place of a page", () => {
  const cases: readonly (readonly [text: string, message: RegExp])[] = [
    ["<!DOCTYPE html>\n<html>", /as HTML came: it begins "<!DOCTYPE html> <html>"$/],
    ['\n{"detail":"Not Found"}', /as JSON came: it begins "\{\\"detail\\":\\"Not Found\\"\}"$/],
    ["[]", /as JSON came/],
    ["Not Found", /no metrics page: it begins "Not Found"$/],
    ["404 page not found\n", /no metrics page/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => parseExposition(text), (error: Error) => {
      assert.ok(error instanceof SyntaxError);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("parseValue() tells no number from NaN", () => {
  assert.deepEqual(["", "x", "1x", "nan", "+inf", "-Inf", "0"].map(parseValue), [
    ...[null, null, null, NaN, Infinity, -Infinity, 0],
  ]);
});

Deno.test("seriesKey() and parseSeries() are inverse, and a page with such a series reads back", () => {
  const label = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,5}$/);
  const value = fc.string({ unit: fc.constantFrom(...'ab,={}\\"\n é'), minLength: 1, maxLength: 8 });
  fc.assert(fc.property(fc.dictionary(label, value, { noNullPrototype: true }), (labels) => {
    const series = seriesKey("sglang:x", Object.entries(labels));
    assert.deepEqual(parseSeries(series), { name: "sglang:x", labels });
    assert.deepEqual(seriesOf(`${series} 1.5\n`), [[series, 1.5]]);
  }));
});
