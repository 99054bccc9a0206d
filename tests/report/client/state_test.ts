import assert from "node:assert/strict";
import { nameCells, toggleCell } from "../../../lib/report/client/controls.ts";
import { describeChange } from "../../../lib/report/client/describe.ts";
import {
  formatState,
  holdsChoices,
  initialPageState,
  type PageState,
  parsePlace,
  parseState,
} from "../../../lib/report/client/state.ts";

const cells = [0, 1, 2];

Deno.test("formatState() and parseState() are each other's inverse", () => {
  const states: PageState[] = [
    initialPageState,
    { ...initialPageState, metric: "e2e", log: false, tail: true },
    { ...initialPageState, cells: [2], domainS: [0, 12.5], theme: "dark" },
    { ...initialPageState, percentile: "p99", engine: 0 },
  ];
  for (const state of states) assert.deepEqual(parseState(`#${formatState(state)}`, cells), state);
});

Deno.test("formatState() is empty when nothing was chosen", () =>
  assert.equal(formatState(initialPageState), ""));

Deno.test("parseState() takes what makes no sense as not said", () => {
  const nonsense = [
    ...[
      "",
      "#",
      "#trust",
      "#metric=speed",
      "#axis=",
      "#view=3d",
      "#theme=pink",
      "#percentile=p98",
      "#engine=x",
    ],
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

Deno.test("parsePlace() reads what formatState() wrote, with the choices beside it", () => {
  const state: PageState = { ...initialPageState, metric: "itl" };
  const hash = `#${formatState(state, "fig-timeline")}`;
  assert.equal(parsePlace(hash), "fig-timeline");
  assert.deepEqual(parseState(hash, cells), state);
});

Deno.test("an anchor is a place and no choice; a choice is no place", () => {
  assert.deepEqual([parsePlace("#scaling"), holdsChoices("#scaling")], ["scaling", false]);
  assert.deepEqual([parsePlace("#metric=itl"), holdsChoices("#metric=itl")], [null, true]);
  for (const hash of ["", "#", "#at="]) assert.equal(parsePlace(hash), null, hash);
});

Deno.test("describeChange() says what changed and nothing else", () => {
  const now: PageState = { ...initialPageState, log: false, theme: "dark" };
  assert.equal(describeChange(initialPageState, now, { cells: 6 }), "linear axes; dark colours");
  assert.equal(describeChange(now, now, { cells: 6 }), "");
  const all = describeChange({ ...now, cells: [1] }, now, { cells: 6 });
  assert.equal(all, "6 of 6 shown");
});

Deno.test("nameCells() calls them by what they are on the page", () => {
  assert.equal(nameCells([{ name: "engine_cdf" }]), "Loads");
  assert.equal(nameCells([{ name: "frontier" }]), "Configurations");
  assert.equal(nameCells([{ name: "latency_cdf" }, { name: "timeline" }]), "Cells");
});
