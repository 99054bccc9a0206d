import assert from "node:assert/strict";
import { InvalidArgumentError } from "@commander-js/extra-typings";

import {
  header,
  integer,
  jsonObject,
  listOf,
  positive,
  redact,
  runId,
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

Deno.test("simulatorOptions() says which flags to look at", () => {
  const flags = { simPreset: "qwen3-32b", gpu: "H200", tp: 4, pageSize: 1 };
  assert.equal(simulatorOptions(flags).model, "Qwen3-32B");
  for (
    const change of [{ simPreset: "gpt-9" }, { gpu: "abacus" }, { tp: 3 }, {
      gpu: "A100",
      tp: 1,
      simPreset: "fixed:x",
    }]
  ) {
    assert.throws(() => simulatorOptions({ ...flags, ...change }), (error: Error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /--sim-preset, --gpu, --tp/);
      return true;
    });
  }
});
