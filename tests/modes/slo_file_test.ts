import assert from "node:assert/strict";
import { sloOf } from "../../lib/metrics/slo.ts";
import { parseSloFile } from "../../lib/modes/slo_file.ts";
import type { JsonObject } from "../../lib/types.ts";

Deno.test("parseSloFile() reads the slo form, which compares with < and >", () => {
  const text = `
name: chat
attainment: 0.9
slo:
  ttft_ms: 1000
  tpot_ms: { p90: 40, p50: 30 }
  latency_ms: 1e4
  output_token_throughput: 10
`;
  assert.deepEqual(parseSloFile(text, "slo.yaml"), {
    name: "chat",
    attainment: 0.9,
    limits: [
      { metric: "ttft", percentile: null, sign: "<", value: 1000 },
      { metric: "tpot", percentile: "p50", sign: "<", value: 30 },
      { metric: "tpot", percentile: "p90", sign: "<", value: 40 },
      { metric: "e2e", percentile: null, sign: "<", value: 10_000 },
      { metric: "outputRate", percentile: null, sign: ">", value: 10 },
    ],
  });
});

Deno.test("parseSloFile() reads the constraints form, which compares with ≤ and ≥", () => {
  const text = `
constraints:
  ttft_ms: { max: 1000, p99: 800 }
  itl_ms: { p95: 60 }
  e2e_ms: { max: 5000 }
  output_token_throughput: { min: 10, p50: 20 }
`;
  assert.deepEqual(parseSloFile(text, "slo.yaml"), {
    name: null,
    attainment: 1,
    limits: [
      { metric: "ttft", percentile: null, sign: "≤", value: 1000 },
      { metric: "ttft", percentile: "p99", sign: "≤", value: 800 },
      { metric: "itl", percentile: "p95", sign: "≤", value: 60 },
      { metric: "e2e", percentile: null, sign: "≤", value: 5000 },
      { metric: "outputRate", percentile: null, sign: "≥", value: 10 },
      { metric: "outputRate", percentile: "p50", sign: "≥", value: 20 },
    ],
  });
});

Deno.test("what parseSloFile() gives survives being an option of a run", () => {
  const slo = parseSloFile("name: a\nslo: { ttft_ms: { p50: 3 }, output_token_throughput: 2 }", "slo.yaml");
  const options: JsonObject = { slo };
  assert.deepEqual(sloOf({ options: JSON.parse(JSON.stringify(options)) }), slo);
});

const wrong: readonly (readonly [string, string, RegExp])[] = [
  ["an empty file", "", /slo\.yaml as it is empty: write limits/],
  ["a file of comments", "# ttft_ms: 1000\n", /slo\.yaml as it is empty/],
  ["what is not YAML", "slo: [", /slo\.yaml as it is not YAML/],
  ["a list", "[1]", /slo\.yaml as it must be "name: value" lines: current value is \[1\]/],
  ["no limits", "name: chat", /slo\.yaml as it has no limits/],
  ["an empty form", "slo: {}", /slo\.yaml: slo as it has no limits: it may have ttft_ms, tpot_ms/],
  ["a form without a value", "constraints:", /constraints as it must be "name: value" lines: .* is null/],
  ["both forms", "slo: { ttft_ms: 1 }\nconstraints: { ttft_ms: { max: 1 } }", /has both "slo" and "const/],
  ["limits at the top", "ttft_ms: 1000", /"ttft_ms" stands at the top: put the limits under "slo:"/],
  ["a name at the top", "slos: { ttft_ms: 1 }", /slo\.yaml as it has no "slos"; did you mean "slo"\?/],
  ["a latency without unit", "slo: { ttft: 1 }", /slo as it has no "ttft"; did you mean "ttft_ms"\?/],
  ["a mistyped latency", "slo: { tfft_ms: 1 }", /slo as it has no "tfft_ms"; did you mean "ttft_ms"\?/],
  ["a rate by another name", "slo: { throughput: 1 }", /did you mean "output_token_throughput"\?/],
  ["a limit of 0", "slo: { ttft_ms: 0 }", /slo: ttft_ms as it must be a number > 0 .* value is 0; take/],
  ["a negative limit", "slo: { itl_ms: { p99: -1 } }", /itl_ms: p99 as it must be a number > 0: .* is -1;/],
  ["a limit without bound", "slo: { itl_ms: .inf }", /itl_ms as it must be a number > 0 .* is Infinity/],
  ["what is no number", "slo: { itl_ms: .nan }", /itl_ms as it must be a number > 0 .* is NaN/],
  ["a limit in words", "slo: { ttft_ms: 1s }", /ttft_ms as it must be .* is "1s"; write the number alone/],
  ["a limit without value", "slo:\n  ttft_ms:\n", /slo: ttft_ms as it must be .* value is null; take/],
  ["a list of limits", "slo: { ttft_ms: [1, 2] }", /slo: ttft_ms as it must be .* value is \[1,2\]/],
  ["max in the slo form", "slo: { ttft_ms: { max: 1 } }", /"max" and "min" belong under "constraints:"/],
  ["an unknown percentile", "slo: { ttft_ms: { p98: 5 } }", /slo: ttft_ms as it has no "p98"; did you/],
  ["no percentile", "slo: { ttft_ms: {} }", /slo: ttft_ms as it has no limit/],
  ["a bare constraint", "constraints: { ttft_ms: 9 }", /ttft_ms as it must be "max:" .*: \{ max: 1000 \}"/],
  ["a constraint of 0", "constraints: { ttft_ms: { max: 0 } }", /ttft_ms: max as it must be a number > 0/],
  ["a smallest latency", "constraints: { ttft_ms: { min: 9 } }", /ttft_ms as it has no "min"; .* "max"\?/],
  ["a largest rate", "constraints: { output_token_throughput: { max: 9 } }", /as it has no "max"/],
  ["no bound", "constraints: { ttft_ms: {} }", /constraints: ttft_ms as it has no limit/],
  ["one latency twice", "slo: { latency_ms: 1, e2e_ms: 2 }", /"latency_ms" and "e2e_ms" are the same/],
  ["a share in percent", "slo: { ttft_ms: 1 }\nattainment: 95", /attainment as it .* is 95; write 0\.95/],
  ["a share of 0", "slo: { ttft_ms: 1 }\nattainment: 0", /attainment as it must be a share above 0/],
  ["a number for a name", "name: 7\nslo: { ttft_ms: 1 }", /name as it must be text: current value is 7/],
];

for (const [what, text, message] of wrong) {
  Deno.test(`parseSloFile() refuses ${what} and says where`, () => {
    assert.throws(() => parseSloFile(text, "slo.yaml"), (error: unknown) => {
      assert.ok(error instanceof SyntaxError);
      assert.match(error.message, message);
      return true;
    });
  });
}
