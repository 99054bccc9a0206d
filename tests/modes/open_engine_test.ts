import assert from "node:assert/strict";

import { readEngineLag } from "../../lib/modes/open_engine.ts";

Deno.test("readEngineLag() tells a lag, no step yet, and something else", () => {
  const lag = { count: 3, p50Ms: 0.1, p99Ms: 2, maxMs: 2.5 };
  assert.deepEqual(readEngineLag(JSON.stringify(lag)), lag);
  assert.equal(readEngineLag("null"), null);
  for (const text of ["", "<html>", "{}", "[]", "3", '{"count":1,"p50Ms":null,"p99Ms":1,"maxMs":1}']) {
    assert.equal(readEngineLag(text), undefined, text);
  }
});
