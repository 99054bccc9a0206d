import assert from "node:assert/strict";
import fc from "fast-check";

import { createRegistry } from "../../../lib/simulator/telemetry/exposition.ts";
import { parseExposition, valueOf } from "./parse_exposition.ts";

Deno.test("Registry writes metrics in order of registration, as prometheus_client does", () => {
  const registry = createRegistry();
  const counter = registry.counter({ name: "a:tokens_total", help: "Tokens,\nall of them: C:\\tokens." });
  const gauge = registry.gauge({ name: "a:running", help: "Running." });
  const histogram = registry.histogram({ name: "a:wait_seconds", help: "Waits.", buckets: [0.002, 1, 20] });
  counter.series({ model: 'the "best"\none', engine: "C:\\0" }).add(2);
  counter.series({ model: "b", engine: "0" });
  gauge.series({}).set(0.25);
  const waits = histogram.series({ model: "m" });
  // On a bound counts below it: 0.002 is in the first bucket, 0.5 and 1 in the second, 21 in none but +Inf.
  for (const value of [0.002, 0.5, 1, 21]) waits.observe(value);
  assert.equal(
    registry.render(),
    [
      "# HELP a:tokens_total Tokens,\\nall of them: C:\\\\tokens.",
      "# TYPE a:tokens_total counter",
      'a:tokens_total{engine="C:\\\\0",model="the \\"best\\"\\none"} 2.0',
      'a:tokens_total{engine="0",model="b"} 0.0',
      "# HELP a:running Running.",
      "# TYPE a:running gauge",
      "a:running 0.25",
      "# HELP a:wait_seconds Waits.",
      "# TYPE a:wait_seconds histogram",
      'a:wait_seconds_bucket{le="0.002",model="m"} 1.0',
      'a:wait_seconds_bucket{le="1.0",model="m"} 3.0',
      'a:wait_seconds_bucket{le="20.0",model="m"} 3.0',
      'a:wait_seconds_bucket{le="+Inf",model="m"} 4.0',
      'a:wait_seconds_count{model="m"} 4.0',
      'a:wait_seconds_sum{model="m"} 22.502',
      "",
    ].join("\n"),
  );
});

Deno.test("Registry gives _total to a counter once, with or without it in the name", () => {
  const registry = createRegistry();
  registry.counter({ name: "a", help: "A." }).series({}).add(1);
  registry.counter({ name: "b_total", help: "B." }).series({}).add(2);
  assert.deepEqual([...parseExposition(registry.render()).keys()], ["a_total", "b_total"]);
  assert.throws(
    () => registry.gauge({ name: "a_total", help: "Again." }),
    /"a_total" as there is one already/,
  );
});

Deno.test("Registry leaves out what has no value, and gives the same series for the same labels", () => {
  const registry = createRegistry();
  const family = registry.gauge({ name: "g", help: "G." });
  assert.equal(registry.render(), "");
  family.series({ a: "1", b: "2" }).set(3);
  family.series({ b: "2", a: "1" }).set(4);
  assert.equal(registry.render(), '# HELP g G.\n# TYPE g gauge\ng{a="1",b="2"} 4.0\n');
  family.series({ a: "1", b: "2" }).set(null);
  assert.equal(registry.render(), "");
});

Deno.test("Registry refuses names and buckets that Prometheus does not take", () => {
  const registry = createRegistry();
  assert.throws(() => registry.gauge({ name: "1st", help: "" }), /got "1st"/);
  assert.throws(() => registry.gauge({ name: "a-b", help: "" }), /got "a-b"/);
  const family = registry.gauge({ name: "fine", help: "Fine." });
  for (const label of ["le", "__x", "a:b", "a-b"]) {
    assert.throws(() => family.series({ [label]: "" }), new RegExp(`got "${label}"`));
  }
  for (const buckets of [[1, 1], [2, 1], [1, Infinity], [NaN]]) {
    assert.throws(
      () => registry.histogram({ name: "h", help: "H.", buckets }),
      /"h" as its buckets must ascend/,
    );
  }
});

Deno.test("Registry's text reads back: any label value, any observations", () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.double({ min: 0, max: 100, noNaN: true })), (label, values) => {
      const registry = createRegistry();
      const series = registry.histogram({ name: "h", help: "H.", buckets: [0.5, 5, 50] }).series({ label });
      for (const value of values) series.observe(value);
      const text = registry.render();
      const count = (bound: number) => values.filter((value) => value <= bound).length;
      assert.deepEqual(
        ["0.5", "5.0", "50.0", "+Inf"].map((le) => valueOf(text, "h_bucket", { le, label })),
        [count(0.5), count(5), count(50), values.length],
      );
    }),
  );
});
