import assert from "node:assert/strict";

import {
  type LongBenchOptions,
  LongBenchSelection,
} from "../../../lib/workload/datasets/longbench_selection.ts";

/** A token per letter. */
const encode = (text: string) => ({ length: text.length, at: () => 0 });

/** Thirty rows of three sets; a row's document is as long as its number. */
const ROWS = Array.from({ length: 30 }, (_, i) => ({
  _id: `id-${i + 1}`,
  dataset: ["qasper", "trec", "vcsum"][i % 3],
  context: "x".repeat(i + 1),
  input: "",
}));

function select(options: Partial<LongBenchOptions>, rows: readonly object[] = ROWS): LongBenchSelection {
  const selection = new LongBenchSelection({ encode, form: "context-only", ...options });
  for (const [i, row] of rows.entries()) {
    selection.add({ ...row }, { fileName: "f", place: `f.jsonl:${i + 1}`, position: i + 1 });
  }
  return selection;
}

function idsOf(options: Partial<LongBenchOptions>): string[] {
  return select(options).rows().map(({ id }) => id);
}

Deno.test("LongBenchSelection takes every row once, shuffled by the seed", () => {
  const all = ROWS.map(({ _id }) => _id);
  assert.deepEqual(idsOf({}).sort(), all.toSorted());
  assert.notDeepEqual(idsOf({}), all);
  assert.deepEqual(idsOf({ seed: 7 }), idsOf({ seed: 7 }));
  assert.notDeepEqual(idsOf({ seed: 7 }), idsOf({ seed: 8 }));
  assert.deepEqual(idsOf({ shuffle: false }), all);
});

Deno.test("LongBenchSelection draws samples of which the smaller are in the larger", () => {
  for (const samples of [1, 2, 7, 29]) {
    assert.deepEqual(idsOf({ samples }), idsOf({ samples: 30 }).slice(0, samples));
  }
  assert.equal(idsOf({ samples: 99 }).length, 30);
  assert.deepEqual(idsOf({ samples: 2, shuffle: false }), ["id-1", "id-2"]);
});

Deno.test("LongBenchSelection takes as many rows of each set, and so many in all", () => {
  const setsOf = (options: Partial<LongBenchOptions>) =>
    select(options).rows().map(({ dataset }) => dataset).sort().join();
  assert.equal(setsOf({ perSubset: 2 }), "qasper,qasper,trec,trec,vcsum,vcsum");
  assert.equal(setsOf({ subsets: ["trec"], perSubset: 2 }), "trec,trec");
  assert.equal(idsOf({ perSubset: 2, samples: 5 }).length, 5);
  // The first two of each set, and of those the first five.
  assert.deepEqual(
    idsOf({ perSubset: 2, samples: 5, shuffle: false }),
    [1, 2, 3, 4, 5].map((i) => `id-${i}`),
  );
});

Deno.test("LongBenchSelection counts what it leaves out, with the first place", () => {
  const selection = select({ subsets: ["qasper"], minTokens: 5, maxTokens: 20 }, [
    ...ROWS,
    ROWS[0] ?? {},
    ROWS[3] ?? {},
  ]);
  // qasper's documents have 1, 4, …, 28 letters; of the last two rows the _id came before.
  assert.deepEqual(selection.rows().map(({ text }) => text.length).sort((a, b) => a - b), [
    7,
    10,
    13,
    16,
    19,
  ]);
  assert.deepEqual(selection.leftOut(), [
    { reason: "not of the sets that were asked for", rows: 20, first: "f.jsonl:2" },
    { reason: "longer than 20 tokens", rows: 3, first: "f.jsonl:22" },
    { reason: "shorter than 5 tokens", rows: 2, first: "f.jsonl:1" },
    { reason: "the _id of an earlier row", rows: 2, first: "f.jsonl:31" },
  ]);
  assert.equal(selection.usableRows, 5);
});

Deno.test("LongBenchSelection compares texts where rows have no _id, and gives them one", () => {
  const rows = ["a", "b", "a"].map((context) => ({ dataset: "qasper", context, input: "q" }));
  const selection = select({ shuffle: false, form: "concatenate" }, rows);
  assert.deepEqual(selection.rows(), [
    { id: "f-1", text: "a\nq", max_tokens: 128, dataset: "qasper", language: undefined },
    { id: "f-2", text: "b\nq", max_tokens: 128, dataset: "qasper", language: undefined },
  ]);
  assert.deepEqual(selection.leftOut(), [{
    reason: "the text of an earlier row",
    rows: 1,
    first: "f.jsonl:3",
  }]);
});

Deno.test("LongBenchSelection cuts documents before it compares lengths, and needs room for some of it", () => {
  const rows = [
    { _id: "long", context: "0123456789".repeat(4), input: "Why?" },
    { _id: "no room", context: "abc", input: "What?".repeat(5).slice(1) }, // 25 with its line break
    { _id: "short", context: "abc", input: "Who?" },
  ];
  const cut = select({
    form: "concatenate",
    shuffle: false,
    truncateTokens: 25,
    minTokens: 25,
    maxTokens: 30,
  }, rows);
  assert.deepEqual(cut.rows().map(({ id, text }) => [id, text]), [[
    "long",
    "0123456789" + "0123456789".slice(-10) + "\nWhy?",
  ]]);
  assert.equal(cut.usableRows, 1);
  assert.deepEqual(cut.leftOut(), [
    { reason: "no room for the document beside the question", rows: 1, first: "f.jsonl:2" },
    { reason: "shorter than 25 tokens", rows: 1, first: "f.jsonl:3" },
  ]);
});

Deno.test("LongBenchSelection refuses rows that LongBench does not have", () => {
  assert.throws(() => select({}, [{ context: 5 }]), {
    name: "SyntaxError",
    message: /'context' must be a text/,
  });
  assert.throws(() => select({ form: "subset" }, [{ context: "a", dataset: "mine" }]), /use --form/);
});
