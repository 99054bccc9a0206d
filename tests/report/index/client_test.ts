import assert from "node:assert/strict";

import { arrangeRows } from "../../../lib/report/index/client/arrange.ts";
import {
  formatIndexState,
  initialIndexState,
  parseIndexState,
} from "../../../lib/report/index/client/state.ts";

const keys = ["date", "engine", "ttftP50"];

for (
  const { hash, state } of [
    { hash: "", state: initialIndexState },
    { hash: "q=a+%26+b", state: { ...initialIndexState, query: "a & b" } },
    { hash: "kind=what-if", state: { ...initialIndexState, kind: "what-if" as const } },
    { hash: "sort=date", state: { ...initialIndexState, direction: "ascending" as const } },
    {
      hash: "sort=ttftP50-",
      state: { ...initialIndexState, sort: "ttftP50", direction: "descending" as const },
    },
    { hash: "sort=engine", state: { ...initialIndexState, sort: "engine", direction: "ascending" as const } },
  ]
) {
  Deno.test(`the state of the list goes through its address: "${hash}"`, () => {
    assert.deepEqual(parseIndexState(hash, keys), state);
    assert.equal(formatIndexState(state), hash);
  });
}

Deno.test("parseIndexState() takes nonsense for what is usual", () => {
  assert.deepEqual(parseIndexState("#kind=fish&sort=price&x=1", keys), initialIndexState);
});

const rows = [
  { kind: "run", text: "sglang on h200", values: { engine: "sglang", ttftP50: "9" } },
  { kind: "comparison", text: "sglang against vllm", values: { engine: "sglang, vllm", ttftP50: "" } },
  { kind: "run", text: "vllm on a100", values: { engine: "vllm", ttftP50: "10" } },
];

function arrange(part: Partial<typeof initialIndexState>): number[] {
  const state = { ...initialIndexState, sort: "", ...part };
  return arrangeRows(rows, { state, numeric: ["ttftP50"] }).map((row) => rows.indexOf(row));
}

Deno.test("arrangeRows() sorts numbers as numbers, and what has none last", () => {
  assert.deepEqual(arrange({ sort: "ttftP50", direction: "ascending" }), [0, 2, 1]);
  assert.deepEqual(arrange({ sort: "ttftP50", direction: "descending" }), [2, 0, 1]);
  assert.deepEqual(arrange({ sort: "engine", direction: "descending" }), [2, 1, 0]);
});

Deno.test("arrangeRows() keeps rows that have all words, and those of a kind", () => {
  assert.deepEqual(arrange({ query: "  SGLang H2 " }), [0]);
  assert.deepEqual(arrange({ query: "sglang" }), [0, 1]);
  assert.deepEqual(arrange({ query: "nothing" }), []);
  assert.deepEqual(arrange({ query: "sglang", kind: "comparison" }), [1]);
});
