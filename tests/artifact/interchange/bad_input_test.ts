import assert from "node:assert/strict";

import { parseDocuments } from "../../../lib/artifact/interchange/documents.ts";
import { recognizeForm } from "../../../lib/artifact/interchange/mod.ts";

const folder = new URL("../../testdata/interchange/", import.meta.url);

function text(name: string): string {
  return Deno.readTextFileSync(new URL(name, folder));
}

function readText(content: string, name: string): void {
  const documents = parseDocuments(content, name);
  recognizeForm(documents).read(documents);
}

/** Reads a file after one of its documents was changed. */
function readChanged(name: string, change: (value: Record<string, unknown>) => unknown): void {
  const documents = parseDocuments(text(name), name);
  const [first, ...rest] = documents;
  assert.ok(first !== undefined);
  const copy: Record<string, unknown> = JSON.parse(JSON.stringify(first.value));
  recognizeForm(documents).read([{ at: first.at, value: change(copy) }, ...rest]);
}

Deno.test("a text that is no JSON is refused with its line", () => {
  const cases: [string, RegExp][] = [
    ["", /^Cannot read a\.json as it is empty$/],
    ["  \n", /empty/],
    ["hello", /^Cannot read a\.json as it is not JSON: /],
    ['{"a": 1', /^Cannot read a\.json as it is not JSON: /],
    ['{"a": 1}\n{"a": ', /^Cannot read a\.json:2 as the line is not JSON, was it cut off\?: /],
  ];
  for (const [content, message] of cases) {
    assert.throws(() => parseDocuments(content, "a.json"), { name: "SyntaxError", message });
  }
});

Deno.test("NaN and Infinity are read inside of pretty-printed JSON, and left alone inside of texts", () => {
  const [document] = parseDocuments(
    '{\n "a": NaN,\n "b": [-Infinity, 1],\n "c": "x NaN \\" Infinity"\n}',
    "a",
  );
  assert.deepEqual(document?.value, { a: "NaN", b: ["-Infinity", 1], c: 'x NaN " Infinity' });
});

Deno.test("an unknown form is named with all forms and what was looked for", () => {
  for (const content of ["{}", "[]", "3", '{"foo": 1, "bar": 2}', '[{"a": 1}]', "[[]]"]) {
    assert.throws(() => readText(content, "a.json"), (error) => {
      assert.ok(error instanceof SyntaxError);
      assert.match(error.message, /^Cannot read a\.json as it is of no known form: it /);
      for (const form of ["sglang", "vllm", "guidellm", "aiperf", "mini-sglang", "dual-round"]) {
        assert.match(error.message, new RegExp(`^  ${form}: `, "m"));
      }
      return true;
    });
  }
});

Deno.test("a result without details names the lists and the flag", () => {
  assert.throws(
    () => readChanged("vllm.json", ({ ttfts: _, itls: __, ...rest }) => rest),
    /^SyntaxError: Cannot read vllm\.json as it has no "ttfts", "itls": run vllm bench serve with --save-result --save-detailed$/,
  );
  assert.throws(
    () => readChanged("sglang.jsonl", ({ errors: _, ...rest }) => rest),
    /sglang\.jsonl:1 as it has no "errors": run python -m sglang\.bench_serving with --output-details/,
  );
  assert.throws(
    () => readChanged("concurrency_2_round_1.json", ({ requests: _, ...rest }) => rest),
    /has no "requests"/,
  );
});

Deno.test("lists of unequal length, empty ones, and what is no number are named with their place", () => {
  const cases: [string, Record<string, unknown>, RegExp][] = [
    ["vllm.json", { itls: [[]] }, /equal lengths: "ttfts" has 3 entries and "itls" 1/],
    ["vllm.json", { start_times: [1, 2] }, /"ttfts" has 3 entries and "start_times" 2/],
    [
      "vllm.json",
      { ttfts: [0.1, 0, "NaN"] },
      /vllm\.json: ttfts\[2\] as it must be a number: current value is "NaN"/,
    ],
    ["vllm.json", { ttfts: [0.1, 0, -1] }, /ttfts\[2\] as it must be at least 0: current value is -1/],
    [
      "vllm.json",
      { itls: [[0.1, null], [], []] },
      /itls\[0\]\[1\] as it must be a number: current value is null/,
    ],
    ["vllm.json", { output_lens: [1.5, 0, 2] }, /output_lens\[0\] as it must be a whole number/],
    [
      "vllm.json",
      { ttfts: [], itls: [], input_lens: [], output_lens: [], errors: [], start_times: [] },
      /its lists are empty/,
    ],
    ["guidellm.json", { benchmarks: [] }, /its list "benchmarks" is empty/],
    [
      "guidellm.json",
      { benchmarks: [{ requests: { successful: [] } }] },
      /benchmarks\[0\] as it has no requests/,
    ],
    [
      "guidellm.json",
      { benchmarks: [{ requests: { successful: [{ request_id: "a", begun: 3 }] } }] },
      /successful\[0\] as it has neither "info\.timings\.request_start" nor "start_time"/,
    ],
    ["concurrency_2_round_1.json", { requests: [] }, /its list "requests" is empty/],
    [
      "concurrency_2_round_1.json",
      { requests: [{ ttft: 3 }] },
      /requests\[0\]\.index as it must be a whole number/,
    ],
    [
      "concurrency_2_round_1.json",
      { requests: [{ index: 3, success: true }, { index: 3, success: true }] },
      /index 3 is there twice, as request 1 and request 2/,
    ],
    ["fluxperf.json", { concurrency_2: { summary: {} } }, /concurrency_2 as it has no "detailed_results"/],
    ["aiperf.jsonl", { metadata: {} }, /aiperf\.jsonl:1: metadata\.request_start_ns as it must be a number/],
  ];
  for (const [name, change, message] of cases) {
    assert.throws(() => readChanged(name, (value) => ({ ...value, ...change })), {
      name: "SyntaxError",
      message,
    });
  }
});

Deno.test("aiperf: the same request twice, another unit, nothing but warm-up", () => {
  const lines = text("aiperf.jsonl").trim().split("\n");
  assert.throws(
    () => readText([...lines, lines.at(-1) ?? ""].join("\n"), "a.jsonl"),
    /x_request_id id-3 is there twice, as request 4 and request 5/,
  );
  assert.throws(() => readText((lines[0] ?? "") + "\n", "a.jsonl"), /all of its requests are of the warm-up/);
  const inSeconds = (lines[2] ?? "").replaceAll('"unit": "ms"', '"unit": "fortnights"');
  assert.throws(
    () => readText(inSeconds, "a.jsonl"),
    /its unit must be one of ns, us, ms, sec, s: current value is fort/,
  );
});

Deno.test("mini-sglang: tics that go back, requests without tics, entries that are no numbers", () => {
  const cases: [string, RegExp][] = [
    ["[[1, 2, 5, 4]]", /tics of request 0 do not ascend/],
    ["[[1, 2]]", /request 0 has no tics/],
    ['[[1, 2, 3], [1, "x", 3]]', /request 1 is not a list of numbers/],
    ["[[1.5, 2, 3]]", /request 0 does not begin with two token counts/],
  ];
  for (const [content, message] of cases) assert.throws(() => readText(content, "a.json"), { message });
});
