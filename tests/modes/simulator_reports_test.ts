import assert from "node:assert/strict";

import { readCacheCounts, readEngineLag } from "../../lib/modes/simulator_reports.ts";

Deno.test("readEngineLag() tells a lag, no step yet, and something else", () => {
  const lag = { count: 3, p50Ms: 0.1, p99Ms: 2, maxMs: 2.5 };
  assert.deepEqual(readEngineLag(JSON.stringify(lag)), lag);
  assert.equal(readEngineLag("null"), null);
  for (const text of ["", "<html>", "{}", "[]", "3", '{"count":1,"p50Ms":null,"p99Ms":1,"maxMs":1}']) {
    assert.equal(readEngineLag(text), undefined, text);
  }
});

Deno.test("readCacheCounts() tells counts, and an answer that has none", () => {
  const prompts = { promptTokens: 30, cachedTokens: 20 };
  assert.deepEqual(readCacheCounts(JSON.stringify({ stats: { scheduler: { prompts } } })), prompts);
  for (const text of ["", "<html>", "{}", "[]", "3", "null", '{"stats":{"scheduler":null}}']) {
    assert.equal(readCacheCounts(text), undefined, text);
  }
});
