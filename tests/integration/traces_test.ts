import assert from "node:assert/strict";

import { openTrace } from "../../lib/sources/open_trace.ts";
import { buildRequests } from "../../lib/workload/requests.ts";
import { countBlockHits } from "../../lib/workload/prefix_reuse.ts";
import { demoTrace } from "../../lib/workload/synthetic_trace.ts";
import { sliceTrace, traceSpanMs } from "../../lib/workload/trace.ts";

const MOONCAKE = "data/traces/mooncake_conversation_trace.jsonl";
const hasMooncake = await Deno.stat(MOONCAKE).then(() => true, () => false);

Deno.test("openTrace reads the samples, which are the beginning of the demonstration trace", async () => {
  const qwen = await openTrace("data/samples/synthetic_qwen.jsonl");
  const mooncake = await openTrace("data/samples/synthetic_mooncake.jsonl");
  const { entries } = demoTrace({ requests: 20 });
  assert.deepEqual(qwen.entries, entries);
  const lengths = entries.map((
    { arrivalMs, inputTokens, outputTokens },
  ) => [arrivalMs, inputTokens, outputTokens]);
  assert.deepEqual(mooncake.entries.map((e) => [e.arrivalMs, e.inputTokens, e.outputTokens]), lengths);

  const text = await Deno.readTextFile("data/README.md");
  for (const { source } of [qwen, mooncake]) {
    assert.ok(source.kind === "file" && text.includes(source.sha256));
  }
});

Deno.test("openTrace generates the synthetic trace by name", async () => {
  const trace = await openTrace("synthetic", { limit: 5, seed: 7 });
  assert.equal(trace.entries.length, 5);
  assert.ok(trace.source.kind === "synthetic" && trace.source.seed === 7);
});

Deno.test({
  name: "openTrace closes a file whose first row is broken",
  sanitizeResources: true,
  fn: async () => {
    const path = await Deno.makeTempFile();
    await Deno.writeTextFile(path, `{"timestamp": 0, "hash_ids": []}\n${" ".repeat(2 ** 20)}`);
    await assert.rejects(openTrace(path), SyntaxError);
    await Deno.remove(path);
  },
});

Deno.test({
  name: `openTrace reads the real Mooncake trace${hasMooncake ? "" : ` (skipped: there is no ${MOONCAKE})`}`,
  ignore: !hasMooncake,
  fn: async () => {
    const trace = await openTrace("mooncake");
    // Counted independently: rows, last timestamp, 105,710 of 288,500 ids seen before, rows over the context.
    assert.equal(trace.entries.length, 12_031);
    assert.equal(traceSpanMs(trace), 3_536_999);
    const { hits, references } = countBlockHits(trace.entries);
    assert.deepEqual([hits, references], [105_710, 288_500]);
    const first = sliceTrace(trace, 30);
    const { requests, skipped } = buildRequests(first, { kind: "blocks", contextTokens: 40_960 });
    assert.deepEqual(skipped.map(({ id }) => id), [11, 25]);
    assert.equal(requests.length, 28);
  },
});
