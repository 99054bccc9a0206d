import assert from "node:assert/strict";

import { summarizeRun } from "../../lib/metrics/mod.ts";
import { pairRounds } from "../../lib/metrics/paired_rounds.ts";
import type { Block } from "../../lib/report/blocks.ts";
import { explainRounds, type RoundsExplanation } from "../../lib/report/explain_rounds.ts";
import { buildReport } from "../../lib/report/report.ts";
import { roundsSection } from "../../lib/report/rounds_section.ts";
import { turnsSection } from "../../lib/report/turns_section.ts";
import type { CacheReset, Cell, RequestRecord, Run } from "../../lib/types.ts";
import { makeRecord } from "../testdata/record.ts";
import { makeRoundsRun } from "../testdata/runs/make_rounds_run.ts";
import { makeRun } from "../testdata/runs/make_run.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";

interface Rounds {
  /** TTFT in ms of each request in round 2; in round 1 all have 100. */
  readonly laterMs: readonly number[];
  readonly cached?: readonly [first: number, later: number];
  readonly laterPromptTokens?: number;
  readonly cells?: readonly [first: Partial<Cell>, later: Partial<Cell>];
  readonly cache?: string;
}

/** Two rounds of prompts of 1,000 tokens. */
function makeRounds(
  { laterMs, cached, laterPromptTokens = 1000, cells = [{}, {}], cache = "radix" }: Rounds,
): Run {
  const made = cells.map((change, index) =>
    makeCell({
      ...{ index, label: `round ${index + 1}`, parameters: { concurrency: 1, round: index + 1 } },
      ...{ schedule: "closed", offeredRequestsPerS: null, requestCount: laterMs.length },
      ...change,
    })
  );
  const records = [laterMs.map(() => 100), laterMs].flatMap((round, cell) =>
    round.map((ms, id): RequestRecord =>
      makeRecord([ms, ms + 10], {
        ...{ cell, id },
        usage: {
          promptTokens: cell === 0 ? 1000 : laterPromptTokens,
          completionTokens: 2,
          ...(cached && { cachedTokens: cached[cell] }),
        },
      })
    )
  );
  const run = makeSmallRun(made, records);
  const engine = { ...run.manifest.engine, details: { cache } };
  return { ...run, manifest: { ...run.manifest, engine, clock: "real" } };
}

function explain(rounds: Rounds): RoundsExplanation {
  const run = makeRounds(rounds);
  const [comparison] = pairRounds(run);
  assert.ok(comparison);
  return explainRounds(run, comparison);
}

const faster = [58, 59, 60, 60, 61, 62, 63, 120];
const same = [90, 95, 99, 100, 101, 105, 110, 120];
const slower = [110, 120, 130, 140, 150, 160];
const emptied: CacheReset = { url: "http://h/flush_cache", done: true, status: 200, message: "" };
const theory = (cachedTokens: number) => ({ promptTokens: 8000, cachedTokens });

Deno.test("explainRounds() says how much earlier the later round was, of whom, and what was cached", () => {
  // Differences −42 … −37 and +20; of 8 values the interval is all of them, so one more request is needed below 0
  const { verdict, text, causes } = explain({ laterMs: [...faster, 57], cached: [0, 960] });
  assert.equal(verdict, "faster");
  assert.match(
    text,
    /^Round 2 reached its first token 40\.0\sms \(37\.0\sms to 42\.0\sms\) earlier in the middle; 88\.9% of 9 requests were faster; 96% of its prompt tokens were cached\.$/,
  );
  assert.deepEqual(causes, []);
});

Deno.test("explainRounds() claims nothing where the interval holds 0, or where there is none", () => {
  assert.equal(explain({ laterMs: faster, cached: [0, 960] }).verdict, "unclear"); // −42 to +20
  const few = explain({ laterMs: [10, 10, 10] });
  assert.equal(few.verdict, "unknown");
  assert.match(few.text, /is -90\.0\sms, but 3 requests are too few to tell it from chance/);
});

Deno.test("explainRounds() of rounds without a pair says so", () => {
  const run = makeRounds({ laterMs: [] });
  const [comparison] = pairRounds(run);
  assert.ok(comparison);
  assert.match(
    explainRounds(run, comparison).text,
    /^No request succeeded both in round 1 and in round 2\.$/,
  );
});

/** What the data shows, and the one cause that must be named for it. */
const causes: readonly (readonly [string, Rounds, RegExp])[] = [
  [
    "a cache that is off by the engine's word",
    { laterMs: same, cache: "naive" },
    /^The cache is off: the engine/,
  ],
  [
    "a cache that seems off",
    { laterMs: same, cached: [0, 0], cells: [{}, { theoreticalCache: theory(7700) }] },
    /^The cache seems to be off/,
  ],
  [
    "requests that are not identical",
    { laterMs: same, cached: [0, 16], laterPromptTokens: 1010 },
    /^The requests are not identical: 8 of 8 prompts have another length/,
  ],
  [
    "prompts that were never asked before",
    { laterMs: same, cached: [0, 0], cells: [{}, { theoreticalCache: theory(0) }] },
    /^There was nothing to find/,
  ],
  [
    "a reset in between",
    { laterMs: same, cached: [0, 0], cells: [{}, { cacheReset: emptied, theoreticalCache: theory(0) }] },
    /^The cache was emptied between the rounds/,
  ],
  [
    "eviction",
    { laterMs: same, cached: [0, 100], cells: [{}, { theoreticalCache: theory(7700) }] },
    /^Prefixes were evicted: 96\.3% of .* 10% were still cached\.$/,
  ],
  [
    "a first round that was warm",
    { laterMs: same, cached: [960, 960] },
    /^Round 1 was warm already: 96% of its prompt tokens were cached, and the cache was not emptied before it\.$/,
  ],
  [
    "an engine that lags more than the difference",
    {
      laterMs: same,
      cached: [0, 16],
      cells: [{}, { engineLag: { count: 9, p50Ms: 1, p99Ms: 4, maxMs: 9 } }],
    },
    /^The difference of 0\.500\sms is too small to tell: it is below the p99 lag of the simulated engine, 4\.00\sms\.$/,
  ],
  [
    "a cache that worked without being felt",
    { laterMs: slower, cached: [0, 960], cells: [{}, { theoreticalCache: theory(7700) }] },
    /^The cache worked: 96% of the prompt tokens were cached, after 0%\./,
  ],
];

for (const [name, rounds, expected] of causes) {
  Deno.test(`explainRounds() finds ${name}, and nothing else`, () => {
    const found = explain(rounds);
    assert.notEqual(found.verdict, "faster");
    assert.equal(found.causes.length, 1, found.causes.join("\n"));
    assert.match(found.causes[0] ?? "", expected);
  });
}

Deno.test("explainRounds() says when it finds no cause", () => {
  const { verdict, text, causes } = explain({ laterMs: slower });
  assert.equal(verdict, "slower");
  assert.match(
    text,
    /^Round 2 was not faster: it reached its first token 35\.0\sms \(10\.0\sms to 60\.0\sms\) later/,
  );
  assert.match(causes.join(), /^None of the usual causes shows in the data/);
});

function tableOf(blocks: readonly Block[]): Extract<Block, { kind: "table" }> {
  const table = blocks.find((block) => block.kind === "table");
  assert.ok(table);
  return table;
}

Deno.test("roundsSection() has a verdict and a row per comparison, least load first", () => {
  const run = makeRoundsRun({ concurrency: [20, 5], requests: 40 });
  const [section] = roundsSection(run, summarizeRun(run));
  assert.ok(section);
  const verdicts = section.blocks.filter((block) => block.kind === "verdict");
  assert.deepEqual(verdicts.map(({ title, valid }) => [title, valid]), [
    ["concurrency 5, round 2: 43.3 ms faster to the first token", true],
    ["concurrency 20, round 2: 75.8 ms faster to the first token", true],
  ]);
  const { rows, columns } = tableOf(section.blocks);
  assert.deepEqual(rows.map(({ values, tone, level }) => [values[0], values[1], tone, level]), [
    ["concurrency 5, round 2", "40", "warm", 0],
    ["concurrency 20, round 2", "40", "warm", 1],
  ]);
  for (const { values } of rows) assert.equal(values.length, columns.length);
  assert.match(rows[0]?.values.at(-1) ?? "", /^0% → 9\d(\.\d)?%$/);
});

Deno.test("roundsSection() tells of resets that failed and what that means", () => {
  const message = "The prefix cache was not emptied (HTTP 404): this is not a cold cache.";
  const cacheReset = { url: "http://h/flush_cache", done: false, status: 404, message };
  const run = makeRoundsRun({
    requests: 8,
    cell: ({ parameters }) => parameters.round === 1 && parameters.concurrency === 10 ? { cacheReset } : {},
  });
  const [section] = roundsSection(run, summarizeRun(run));
  const list = section?.blocks.find((block) => block.kind === "list" && /not emptied/.test(block.title));
  assert.deepEqual(list?.kind === "list" && list.items, [`Before concurrency 10, round 1: ${message}`]);
});

Deno.test("roundsSection() and turnsSection() are empty for other runs", () => {
  for (const run of [makeRun({ requests: 3 }), makeRoundsRun({ rounds: 1, requests: 8 })]) {
    assert.deepEqual(roundsSection(run, summarizeRun(run)), []);
    assert.deepEqual(turnsSection(run), []);
  }
});

Deno.test("turnsSection() has a row per cell and turn", () => {
  const run = makeRoundsRun({ turns: true, concurrency: [2], requests: 40 });
  const { rows } = tableOf(turnsSection(run)[0]?.blocks ?? []);
  assert.deepEqual(rows.map(({ values }) => values.slice(0, 4)), [
    ...[1, 2].flatMap((round) =>
      [1, 2, 3, 4].map((turn) => [`concurrency 2, round ${round}`, String(turn), "10", "0"])
    ),
  ]);
});

Deno.test("buildReport() of rounds says in which loads they were asked", () => {
  const report = buildReport(makeRoundsRun({ requests: 8 }));
  assert.match(
    report.lead,
    /^48 requests of the chat\.jsonl dataset, .*, at 3 concurrency levels, 2 rounds each\.$/,
  );
  const chips = report.chips.map(({ label, value }) => `${label}: ${value}`);
  for (const chip of ["Dataset: chat.jsonl, 8 rows", "Concurrency: 5, 10, 20", "Rounds: 2"]) {
    assert.ok(chips.includes(chip), chips.join("; "));
  }
  const ids = report.sections.map(({ id }) => id);
  assert.deepEqual(ids.slice(0, 3), ["rounds", "scaling", "distributions"]);
});

Deno.test("buildReport() of rounds at one concurrency has nothing that scales", () => {
  const report = buildReport(makeRoundsRun({ requests: 8, concurrency: [4], stages: ["short"] }));
  assert.match(report.lead, /, at concurrency 4, 2 rounds\.$/);
  assert.ok(!report.sections.some(({ id }) => id === "scaling"));
});

Deno.test("buildReport() of rounds has the difference and its interval at the highest load for key numbers", () => {
  const run = makeRoundsRun({ requests: 40, failureRatio: 0.1 });
  const ttft = pairRounds(run).at(-1)?.ttft;
  assert.ok(ttft?.medianMs.interval);
  const { keyNumbers } = buildReport(run);
  assert.deepEqual(keyNumbers.map(({ label }) => label), [
    ...[
      "TTFT, same request, later − first",
      "TTFT, median",
      "Prompt tokens cached",
      "Output tokens/s",
      "Failed requests",
    ],
  ]);
  const [difference, median, cached, , failed] = keyNumbers;
  assert.equal(parseFloat(difference?.value ?? ""), Number(ttft.medianMs.median.toPrecision(3)));
  assert.match(
    difference?.detail ?? "",
    /^median, 95 % interval -.*\sms to -.*\sms; at concurrency 20, round 2 against round 1$/,
  );
  assert.match(median?.detail ?? "", /^at concurrency 20, round 2; .*\sms in round 1$/);
  assert.match(cached?.detail ?? "", /^at concurrency 20, round 2; 0% in round 1; by usage$/);
  assert.equal(failed?.failed, true);
});
