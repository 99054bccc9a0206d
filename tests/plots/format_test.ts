import assert from "node:assert/strict";
import { formatCount, formatMs, formatNumber, formatPlural, formatShare } from "../../lib/plots/mod.ts";

Deno.test("formatNumber() keeps three digits and says what is missing", () => {
  const rows: [number | null | undefined, string][] = [
    [1234.5, "1,230"], // 1.23 × 10³
    [12, "12.0"],
    [0.00123456, "0.00123"],
    [-5.678, "-5.68"],
    [0, "0"],
    [null, "–"],
    [undefined, "–"],
    [NaN, "–"],
    [Infinity, "–"],
  ];
  for (const [value, text] of rows) assert.equal(formatNumber(value), text);
});

Deno.test("formatMs() changes to seconds at 10 s", () => {
  assert.equal(formatMs(9990), "9,990\u00a0ms");
  assert.equal(formatMs(10_000), "10.0\u00a0s");
  assert.equal(formatMs(null), "–");
});

Deno.test("formatCount() keeps every digit", () => {
  assert.equal(formatCount(1234567), "1,234,567");
  assert.equal(formatCount(null), "–");
});

Deno.test("formatShare() never rounds to all or nothing", () => {
  assert.equal(formatShare(0.8236), "82.4%");
  assert.equal(formatShare(0.99999), "> 99.9%");
  assert.equal(formatShare(0.00001), "< 0.1%");
  assert.equal(formatShare(1), "100%");
  assert.equal(formatShare(0), "0%");
});

Deno.test("formatPlural() counts one thing without an s", () => {
  assert.equal(formatPlural(1, "request"), "1 request");
  assert.equal(formatPlural(1000, "request"), "1,000 requests");
});
