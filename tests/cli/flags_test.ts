import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

import { Command, InvalidArgumentError } from "@commander-js/extra-typings";

import {
  header,
  integer,
  jsonObject,
  listOf,
  positive,
  redact,
  runId,
  share,
  type SimulatorFlags,
  simulatorFlags,
  simulatorOptions,
} from "../../lib/cli/flags.ts";
import { UsageError } from "../../lib/errors.ts";

Deno.test("listOf() takes spaces and commas alike", () => {
  const read = listOf(positive);
  const bySpaces = ["0.4", "0.5", "1"].reduce(
    (before: number[] | undefined, text) => read(text, before),
    undefined,
  );
  assert.deepEqual(bySpaces, [0.4, 0.5, 1]);
  assert.deepEqual(read("0.4,0.5,1", undefined), [0.4, 0.5, 1]);
  assert.deepEqual(read("2,", [0.5]), [0.5, 2]);
});

Deno.test("numbers are refused outside their domain", () => {
  for (const text of ["0", "-1", "NaN", "Infinity", "", "1x"]) {
    assert.throws(() => positive(text), InvalidArgumentError, text);
  }
  for (const text of ["0", "1.5", "", " ", "1e400"]) {
    assert.throws(() => integer(1)(text), InvalidArgumentError, text);
  }
  assert.equal(integer(0)("0"), 0);
  assert.equal(positive("1e-3"), 0.001);
});

Deno.test("jsonObject() takes objects only", () => {
  assert.deepEqual(jsonObject('{"top_p": 0.9}'), { top_p: 0.9 });
  for (const text of ["[1]", "null", "3", "{"]) {
    assert.throws(() => jsonObject(text), InvalidArgumentError, text);
  }
});

Deno.test("header() collects headers and refuses what could smuggle a line", () => {
  assert.deepEqual(header("X-B:2", header("X-A: one: two", undefined)), { "x-a": "one: two", "x-b": "2" });
  for (const text of ["X-A", ": a", "X A: b", "X-A: b\r\nX-C: d"]) {
    assert.throws(() => header(text, undefined), text);
  }
});

Deno.test("runId() is safe as a file name", () => {
  assert.equal(runId("h200-tp4_run.1"), "h200-tp4_run.1");
  for (const text of ["", "..", "../x", "a/b", "a b", "-x", ".x"]) {
    assert.throws(() => runId(text), InvalidArgumentError, text);
  }
});

Deno.test("redact() hides the values of headers", () => {
  assert.deepEqual(redact(["--header", "X-Key: secret", "--header=Y: secret", "--model", "a:b"]), [
    "--header",
    "X-Key: ***",
    "--header=Y: ***",
    "--model",
    "a:b",
  ]);
});

Deno.test("redact() hides logins and keys in URLs, whatever flag they stand behind", () => {
  assert.deepEqual(
    redact(["--prometheus-url", "http://me:pw@host:1/metrics", "--reset-cache-url=https://h/r?key=k"]),
    [
      ...["--prometheus-url", "http://host:1/metrics", "--reset-cache-url=https://h/r?key=***"],
    ],
  );
  assert.deepEqual(redact(["--extra-body", '{"top_p": 0.9}']), ["--extra-body", '{"top_p": 0.9}']);
});

const preset = (name: string) => fileURLToPath(new URL(`../testdata/presets/${name}`, import.meta.url));

Deno.test("simulatorOptions() takes a preset, and a flag over it", () => {
  assert.deepEqual(simulatorOptions({}), {});
  assert.deepEqual(simulatorOptions({ simPreset: "qwen3-14b", tp: 1 }), { model: "Qwen3-14B", tp: 1 });
  assert.deepEqual(simulatorOptions({ simPreset: "sglang" }), { engine: "sglang" });
  assert.deepEqual(simulatorOptions({ simPreset: "sglang", simEngine: "vllm" }), { engine: "vllm" });
  assert.deepEqual(simulatorOptions({ simPreset: "fixed:50:5", overlap: true }, { seed: 7 }), {
    fixed: { ttftMs: 50, itlMs: 5 },
    seed: 7,
  });
  const flags = {
    cache: "naive",
    pageSize: 16,
    memoryRatio: 0.8,
    maxRunning: 9,
    prefillBudget: 512,
    overlap: false,
  };
  assert.deepEqual(simulatorOptions({ ...flags, jitter: 0.02 }, { contextTokens: 100 }), {
    cache: "naive",
    pageTokens: 16,
    memoryRatio: 0.8,
    maxRunningRequests: 9,
    prefillBudgetTokens: 512,
    overlap: false,
    jitter: 0.02,
    contextTokens: 100,
  });
});

Deno.test("simulatorOptions() reads a YAML file, and a flag wins over it", () => {
  const { gpu, tp, engine, model, cost } = simulatorOptions({ simPreset: preset("b200.yaml"), tp: 4 });
  assert.deepEqual({ tp, engine, model, cost }, {
    tp: 4,
    engine: "sglang",
    model: "Qwen3-14B",
    cost: { allReduceLatencyUs: 5 },
  });
  assert.equal(typeof gpu === "object" && gpu.name, "B200");
  assert.equal(simulatorOptions({ simPreset: preset("b200.yaml"), gpu: "H100" }).gpu, "H100");
});

Deno.test("simulatorOptions() refuses what cannot be simulated, with the nearest", () => {
  const cases: readonly [SimulatorFlags, RegExp][] = [
    [{ simPreset: "qwen3-32" }, /"qwen3-32".*did you mean "Qwen3-32B"\?/],
    [{ simPreset: "fixed:x" }, /fixed:TTFT_MS:ITL_MS/],
    [{ simEngine: "sglan" }, /mini-sglang, sglang, vllm: got "sglan"/],
    [{ gpu: "h2000" }, /did you mean "H200"\?/],
    [{ cache: "lru" }, /'cache' must be radix or naive/],
    [{ tp: 3 }, /'tp' must divide/],
    [{ memoryRatio: 2 }, /'memoryRatio' must be in \(0, 1\]/],
    [{ gpu: "A100", tp: 1, memoryRatio: 0.5 }, /leave no memory for keys and values/],
    [{ simPreset: preset("broken.yaml") }, /broken\.yaml as it is not YAML/],
    [{ simPreset: preset("nowhere.yaml") }, /Cannot read preset .*nowhere\.yaml/],
  ];
  for (const [flags, message] of cases) {
    assert.throws(() => simulatorOptions(flags), (error: Error) => {
      assert.ok(error instanceof UsageError, `${error}`);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("share() takes numbers from 0 to below 1", () => {
  assert.deepEqual(["0", "0.02", "0.99"].map(share), [0, 0.02, 0.99]);
  for (const text of ["1", "-0.1", "", " ", "x", "NaN"]) {
    assert.throws(() => share(text), InvalidArgumentError, text);
  }
});

Deno.test("simulatorFlags() reads what simulatorOptions() takes", () => {
  const command = simulatorFlags(new Command().exitOverride().configureOutput({ writeErr: () => {} }));
  const parse = (...args: string[]) => simulatorOptions(command.parse(args, { from: "user" }).opts());
  assert.deepEqual(parse("--sim-preset", "sglang", "--tp", "8", "--page-size", "16", "--no-overlap"), {
    engine: "sglang",
    tp: 8,
    pageTokens: 16,
    overlap: false,
  });
  assert.throws(() => parse("--tp", "two"), /whole number of at least 1/);
});
