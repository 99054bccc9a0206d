import assert from "node:assert/strict";

import { type VirtualClock, virtualClock } from "../../lib/clock.ts";
import { cacheCounts } from "../../lib/metrics/telemetry.ts";
import { inProcessTransport } from "../../lib/simulator/in_process.ts";
import { makeRecorder, type RecorderOptions } from "../../lib/telemetry/recorder.ts";
import { openTelemetry } from "../../lib/telemetry/source.ts";
import type { TelemetryLine } from "../../lib/types.ts";
import { serveTexts } from "./serve_texts.ts";

const wait = (clock: VirtualClock, ms: number) =>
  clock.settle(new Promise<void>((resolve) => clock.at(clock.now() + ms, resolve)));

/** Records cells of the given lengths, 1 s apart, from a page that is `textOf(instant)`. */
async function record(
  textOf: (atMs: number) => string | null | undefined,
  { cellsMs = [1000], answerMs = 10, ...options }: Partial<RecorderOptions> & {
    readonly cellsMs?: readonly number[];
    readonly answerMs?: number;
  } = {},
) {
  const clock = virtualClock();
  const askedMs: number[] = [];
  const transport = serveTexts(clock, () => {
    askedMs.push(clock.now());
    return textOf(clock.now());
  }, answerMs);
  const source = await clock.settle(openTelemetry("http://h/metrics", { transport, clock }));
  const openedMs = clock.now();
  const lines: TelemetryLine[] = [];
  const notes: string[] = [];
  const recorder = makeRecorder(source, {
    clock,
    names: ["load"],
    intervalMs: 300,
    anchor: { wallMs: 0, monotonicMs: 0 },
    onLine: (line) => lines.push(line),
    onNote: (note) => notes.push(note),
    ...options,
  });
  for (const [cell, ms] of cellsMs.entries()) {
    const endMs = clock.now() + ms;
    await clock.settle(recorder.start(cell));
    recorder.follow(endMs - ms);
    clock.at(endMs, () => recorder.stop());
    await wait(clock, endMs - clock.now());
    await clock.settle(recorder.stop());
    await wait(clock, 1000);
  }
  return { lines, notes, askedMs: askedMs.slice(1).map((ms) => ms - openedMs), openedMs };
}

const instants = (lines: readonly TelemetryLine[], zeroMs: number) =>
  lines.flatMap((line) => line.kind === "source" ? [] : [[line.kind, line.atMs - zeroMs]]);

Deno.test("makeRecorder() reads at once, at absolute instants, and once more at the end, stamped when the answer came", async () => {
  const { lines, notes, askedMs, openedMs } = await record(() => "load 0.5\nother 1\n");
  assert.deepEqual(askedMs, [0, 300, 600, 900, 1000]);
  assert.deepEqual(lines[0], {
    kind: "source",
    url: "http://h/metrics",
    via: "page",
    intervalMs: 300,
    families: [{ name: "load", type: "untyped", help: "" }],
  });
  assert.deepEqual(instants(lines, openedMs), [10, 310, 610, 910, 1010].map((ms) => ["sample", ms]));
  assert.deepEqual(lines.filter(({ kind }) => kind === "source").length, 1);
  assert.deepEqual(lines.at(-1), { kind: "sample", cell: 0, atMs: 1010 + openedMs, values: { load: 0.5 } });
  assert.deepEqual(notes, []);
});

Deno.test("makeRecorder() leaves a reading out while the one before is under way", async () => {
  // Answers take 400 ms: those asked for at 0 and 600 come at 400 and 1000, what is due at 300 and 900 is left out.
  const { askedMs } = await record(() => "load 1\n", { answerMs: 400, cellsMs: [1100] });
  assert.deepEqual(askedMs, [0, 600, 1100]);
});

Deno.test("makeRecorder() marks an outage once per cell, says it once, and goes on", async () => {
  const { lines, notes, openedMs } = await record(
    (atMs) => atMs > 300 && atMs < 950 || atMs > 2000 && atMs < 2500 ? null : "load 1\n",
    { cellsMs: [1000, 1000] },
  );
  // The second cell begins at 2010: readings at 2010 and 2310 fail.
  assert.deepEqual(instants(lines, openedMs), [
    ...[["sample", 10], ["gap", 310], ["sample", 1010]],
    ...[["gap", 2020], ["sample", 2620], ["sample", 2920], ["sample", 3020]],
  ]);
  assert.equal(notes.length, 1);
  assert.match(
    notes[0] ?? "",
    /^Cannot read metrics from http:\/\/h\/metrics: connection refused: start the server/,
  );
});

Deno.test("makeRecorder() begins with the source also when nothing can be read", async () => {
  const { lines, notes } = await record(() => undefined, { cellsMs: [700] });
  assert.deepEqual(lines.map(({ kind }) => kind), ["source", "gap"]);
  assert.match(notes.join(), /HTTP 404/);
});

Deno.test("makeRecorder() writes the source again when a wanted metric turns up later, and notes a missing one once", async () => {
  const { lines, notes } = await record((atMs) => atMs < 700 ? "a 1\n" : "a 1\n# TYPE load gauge\nload 2\n", {
    names: ["a", "load"],
  });
  const sources = lines.filter((line) => line.kind === "source");
  assert.deepEqual(sources.map(({ families }) => families.map(({ name }) => name)), [["a"], ["a", "load"]]);
  assert.deepEqual(notes, ['Cannot record metric "load" as there is none of that name: the nearest is a']);
});

Deno.test("makeRecorder() takes the defaults where no name is given, without a word about missing ones", async () => {
  const { lines, notes } = await record(() => "load 1\nother 2\n", {
    names: [],
    defaults: ["other", "gone"],
  });
  assert.deepEqual(lines.at(-1)?.kind === "sample" && lines.at(-1), {
    ...lines.at(-1),
    values: { other: 2 },
  });
  assert.deepEqual(notes, []);
});

Deno.test("makeRecorder() always takes some families beside those that are named", async () => {
  const { lines, notes } = await record(() => "load 1\nhits_total 2\nother 3\n", {
    always: ["hits_total", "gone"],
  });
  assert.deepEqual(lines.at(-1), { ...lines.at(-1), values: { load: 1, hits_total: 2 } });
  assert.deepEqual(notes, []);
});

Deno.test("makeRecorder() leaves values out that JSON cannot hold", async () => {
  const text = 'load{a="1"} NaN\nload{a="2"} +Inf\nload{a="3"} 3\n';
  const { lines } = await record(() => text);
  assert.ok(lines.every((line) => line.kind !== "sample" || Object.keys(line.values).length === 1));
});

Deno.test("makeRecorder() refuses an interval that is not above 0", async () => {
  await assert.rejects(record(() => "", { intervalMs: 0 }), RangeError);
});

Deno.test("makeRecorder() reads a simulated SGLang in virtual time, and its counters tell the hit rate exactly", async () => {
  const clock = virtualClock();
  await using transport = inProcessTransport({ engine: "sglang", model: "Qwen3-0.6B", tp: 1 }, clock);
  const ask = (prompt: number[]) =>
    clock.settle(
      new Promise<void>((resolve, reject) =>
        transport.send({
          method: "POST",
          url: "http://simulator/v1/completions",
          headers: { "content-type": "application/json" },
          body: new TextEncoder().encode(
            JSON.stringify({ model: "Qwen/Qwen3-0.6B", prompt, max_tokens: 50, ignore_eos: true }),
          ),
        }, { onHeaders: () => {}, onBytes: () => {}, onEnd: () => resolve(recorder.stop()), onError: reject })
      ),
    );
  const lines: TelemetryLine[] = [];
  const names = { queries: "sglang:prompt_tokens_total", hits: "sglang:cached_tokens_total" };
  const source = await clock.settle(openTelemetry("http://simulator/v1", { transport, clock }));
  const recorder = makeRecorder(source, {
    ...{ clock, names: Object.values(names), intervalMs: 20, anchor: { wallMs: 0, monotonicMs: 0 } },
    onLine: (line) => lines.push(line),
  });
  const prompt = Array.from({ length: 300 }, (_, i) => 1000 + i);
  for (const cell of [0, 1]) {
    await clock.settle(recorder.start(cell));
    recorder.follow(clock.now());
    await ask(prompt);
  }
  assert.deepEqual(cacheCounts(lines, { cell: 0, ...names }), { promptTokens: 300, cachedTokens: 0 });
  // All but the last token of the prompt: that one is computed for the answer.
  assert.deepEqual(cacheCounts(lines, { cell: 1, ...names }), { promptTokens: 300, cachedTokens: 299 });
  const readings = lines.filter((line) => line.kind === "sample" && line.cell === 0).length;
  assert.ok(readings >= 4, `${readings} readings`);
});
