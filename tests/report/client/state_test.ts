import assert from "node:assert/strict";
import { toggleCell } from "../../../lib/report/client/controls.ts";
import {
  formatState,
  initialPageState,
  type PageState,
  parseState,
} from "../../../lib/report/client/state.ts";

const cells = [0, 1, 2];

Deno.test("formatState() and parseState() are each other's inverse", () => {
  const states: PageState[] = [
    initialPageState,
    { ...initialPageState, metric: "e2e", log: false, tail: true },
    { ...initialPageState, cells: [2], domainS: [0, 12.5], theme: "dark" },
  ];
  for (const state of states) assert.deepEqual(parseState(`#${formatState(state)}`, cells), state);
});

Deno.test("formatState() is empty when nothing was chosen", () =>
  assert.equal(formatState(initialPageState), ""));

Deno.test("parseState() takes what makes no sense as not said", () => {
  const nonsense = [
    ...["", "#", "#trust", "#metric=speed", "#axis=", "#view=3d", "#theme=pink"],
    ...[
      "#cells=",
      "#cells=9",
      "#cells=x,,-1",
      "#time=5,5",
      "#time=9,1",
      "#time=-1,4",
      "#time=,3",
      "#time=1,Infinity",
    ],
  ];
  for (const hash of nonsense) assert.deepEqual(parseState(hash, cells), initialPageState, hash);
});

Deno.test("parseState() keeps the cells that exist", () => {
  assert.deepEqual(parseState("#cells=2,7,0", cells).cells, [2, 0]);
});

Deno.test("toggleCell() switches one, and never leaves nothing", () => {
  assert.deepEqual(toggleCell(null, 1, cells), [0, 2]);
  assert.deepEqual(toggleCell([0, 2], 2, cells), [0]);
  assert.equal(toggleCell([0, 2], 1, cells), null); // all three: the same as all
  assert.equal(toggleCell([0], 0, cells), null); // the last one off: all again
});
