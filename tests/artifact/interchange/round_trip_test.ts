import assert from "node:assert/strict";
import fc from "fast-check";

import { parseDocuments } from "../../../lib/artifact/interchange/documents.ts";
import type { ImportedRecord } from "../../../lib/artifact/interchange/interchange.ts";
import {
  formatMiniSglang,
  miniSglangForm,
  streamMiniSglang,
} from "../../../lib/artifact/interchange/mini_sglang.ts";
import { formatVllm, vllm, type VllmSource } from "../../../lib/artifact/interchange/vllm.ts";
import { makeFailure, makeRecord } from "../../testdata/record.ts";

const source: VllmSource = {
  ...{ model: "m", date: "2026-11-22T13:45:01.000Z", engine: "external" },
  ...{ requestsPerS: 2, concurrency: null, durationMs: 2000 },
  countTokens: ({ inputTokens, ticsMs }) => ({ input: inputTokens, output: ticsMs.length }),
};

/** Instants in whole µs: when each request was sent, and what came after it. */
const runs = fc.array(
  fc.record({
    sentUs: fc.integer({ min: 0, max: 3_600_000_000 }),
    gapsUs: fc.array(fc.integer({ min: 1, max: 30_000_000 }), { minLength: 1, maxLength: 40 }),
  }),
  { minLength: 1, maxLength: 20 },
).map((requests) =>
  requests.map(({ sentUs, gapsUs }, id): ImportedRecord => {
    let atUs = sentUs;
    const ticsMs = gapsUs.map((gapUs) => (atUs += gapUs) / 1000);
    const endMs = (atUs + 7) / 1000;
    return makeRecord(ticsMs, {
      ...{ id, sentMs: sentUs / 1000, headersMs: (sentUs + 1) / 1000, controlMs: [endMs], doneMs: endMs },
    });
  })
);

/** Tics from the first instant of the run, in whole µs. */
function ticsUs(
  records: readonly ImportedRecord[],
  zeroOf: (record: ImportedRecord) => number | null,
): number[][] {
  const zeroMs = Math.min(...records.map((record) => zeroOf(record) ?? Infinity));
  return records.toSorted((a, b) => a.id - b.id)
    .map((record) => record.ticsMs.map((tic) => Math.round((tic - zeroMs) * 1000)));
}

Deno.test("vLLM's form: written and read again, the tics are the same to the µs", () => {
  fc.assert(fc.property(runs, (records) => {
    const [cell] = vllm.read(parseDocuments(formatVllm(records, source), "a.json")).cells;
    assert.deepEqual(
      ticsUs(cell?.records ?? [], ({ sentMs }) => sentMs),
      ticsUs(records, ({ sentMs }) => sentMs),
    );
    assert.deepEqual(
      cell?.records.map(({ usage }) => usage?.completionTokens),
      records.map((one) => one.ticsMs.length),
    );
  }));
});

Deno.test("mini-sglang's form: written and read again, the tics are the same to the µs", () => {
  fc.assert(fc.property(runs, (records) => {
    const text = formatMiniSglang(streamMiniSglang(records));
    const [cell] = miniSglangForm.read(parseDocuments(text, "a.json")).cells;
    assert.deepEqual(
      ticsUs(cell?.records ?? [], ({ headersMs }) => headersMs),
      ticsUs(records, ({ headersMs }) => headersMs),
    );
  }));
});

Deno.test("vLLM's form: counts, failures with a TTFT of 0, requests that were never sent are not in it", () => {
  const records = [
    makeFailure([], { id: 1, sentMs: 5 }),
    makeRecord([30, 40, 60], { id: 0, sentMs: 10, inputTokens: 7 }),
    makeFailure([], { id: 2, sentMs: null }),
  ];
  const { generated_texts: texts, ...result } = JSON.parse(formatVllm(records, source));
  assert.deepEqual(texts, ["", ""]);
  assert.deepEqual(result, {
    ...{ date: "20261122-134501", endpoint_type: "external", backend: "external", label: null },
    ...{
      model_id: "m",
      tokenizer_id: "m",
      num_prompts: 2,
      request_rate: 2,
      burstiness: 1,
      max_concurrency: null,
    },
    ...{ duration: 2, completed: 1, failed: 1, total_input_tokens: 7, total_output_tokens: 3 },
    request_throughput: 0.5, // 1 request in 2 s
    output_throughput: 1.5, // 3 tokens in 2 s
    total_token_throughput: 5, // 7 + 3
    ...{ input_lens: [7, 10], output_lens: [3, 0], ttfts: [0.02, 0], itls: [[0.01, 0.02], []] },
    ...{ start_times: [1.01, 1.005], errors: ["", "HTTP 503"] },
  });
});

Deno.test("vLLM's form: a run that knows no gaps is refused, one without a clock has no start_times", () => {
  assert.throws(
    () => formatVllm([{ ...makeRecord([1, 9]), unknown: ["gaps"] }], source),
    /^RangeError: Cannot write run in vLLM's form as every gap between tokens must be known/,
  );
  assert.throws(
    () => formatVllm([makeRecord([1, 9], { sentMs: null })], source),
    /no request of it was sent/,
  );
  const text = formatVllm([{ ...makeRecord([1, 9]), unknown: ["clock"] }], source);
  assert.equal("start_times" in JSON.parse(text), false);
});
