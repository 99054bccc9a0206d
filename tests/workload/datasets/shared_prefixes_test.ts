import assert from "node:assert/strict";
import fc from "fast-check";

import {
  emptyFingerprint,
  extend,
  extendByText,
  FingerprintSet,
} from "../../../lib/workload/datasets/fingerprints.ts";
import { DuplicateFinder, PrefixCounter } from "../../../lib/workload/datasets/shared_prefixes.ts";

const user = (...tokens: number[]) => ({ role: "user", tokens }) as const;

/** Counted from the definition: the longest prefix with any earlier prompt, in whole pages, never the last token. */
function sharedByDefinition(prompts: readonly (readonly number[])[], pageTokens: number): number[] {
  const wholePages = (tokens: number) => Math.floor(tokens / pageTokens) * pageTokens;
  return prompts.map((prompt, i) => {
    const common = prompts.slice(0, i).map((earlier) => {
      let n = 0;
      while (n < prompt.length && n < earlier.length && prompt[n] === earlier[n]) n++;
      return n;
    });
    return Math.max(0, Math.min(wholePages(Math.max(0, ...common)), wholePages(prompt.length - 1)));
  });
}

Deno.test("PrefixCounter counts as its definition says, for random prompts", () => {
  const prompt = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(prompt, { maxLength: 20 }), fc.integer({ min: 1, max: 5 }), (prompts, page) => {
      const counter = new PrefixCounter({ pageTokens: page });
      const counted = prompts.map((tokens) => counter.add([user(...tokens)]));
      assert.deepEqual(counted, sharedByDefinition(prompts, page));
    }),
  );
});

Deno.test("PrefixCounter: the same prompt again hits floor((len − 1) / page) · page", () => {
  // 9 tokens: 8, ⌊8/4⌋·4 = 8; ⌊8/3⌋·3 = 6; one page of 16 is never full.
  for (const [pageTokens, hit] of [[1, 8], [4, 8], [3, 6], [16, 0]] as const) {
    const counter = new PrefixCounter({ pageTokens });
    const prompt = [user(1, 2, 3, 4), user(5, 6, 7, 8, 9)];
    assert.deepEqual([counter.add(prompt), counter.add(prompt)], [0, hit]);
  }
});

Deno.test("PrefixCounter ends a prefix where roles or turns differ", () => {
  const counter = new PrefixCounter();
  counter.add([{ role: "system", tokens: [1, 2] }, user(3)]);
  assert.equal(counter.add([user(1, 2, 3)]), 0);
  assert.equal(counter.add([{ role: "system", tokens: [1, 2, 3] }, user(3)]), 2);
  assert.equal(counter.add([{ role: "system", tokens: [1, 2] }, user(4)]), 2);
});

Deno.test("PrefixCounter that is full finds what came first, and says so", () => {
  const counter = new PrefixCounter({ mostPages: 3 });
  assert.equal(counter.isFull, false);
  counter.add([user(1, 2, 3)]);
  counter.add([user(7, 8, 9)]);
  assert.equal(counter.isFull, true);
  assert.deepEqual([counter.add([user(1, 2, 3, 4)]), counter.add([user(7, 8, 9)])], [3, 0]);
});

Deno.test("PrefixCounter rejects pages that are not whole", () => {
  for (const pageTokens of [0, 1.5, -1, NaN]) {
    assert.throws(() => new PrefixCounter({ pageTokens }), {
      name: "RangeError",
      message:
        `Cannot count prefixes as 'pageTokens' must be an integer >= 1: current value is ${pageTokens}`,
    });
  }
});

Deno.test("DuplicateFinder compares turns, not the text they make together", () => {
  const finder = new DuplicateFinder();
  const prompts = [["ab", "c"], ["a", "bc"], ["abc"], ["abuserc"], ["ab", "c"]];
  const found = prompts.map((texts) => finder.add(texts.map((content) => ({ role: "user", content }))));
  assert.deepEqual(found, [false, false, false, false, true]);
  assert.equal(finder.add([{ role: "system", content: "abc" }]), false);
});

Deno.test("FingerprintSet grows and keeps its members", () => {
  const set = new FingerprintSet(Infinity);
  const of = (item: number) => {
    const fingerprint = emptyFingerprint();
    extend(fingerprint, item);
    return fingerprint;
  };
  for (let i = 0; i < 50_000; i++) {
    assert.equal(set.has(of(i)), false);
    set.add(of(i));
  }
  for (let i = 0; i < 50_000; i++) assert.ok(set.has(of(i)));
});

Deno.test("fingerprints of similar sequences spread over all 64 bits", () => {
  const halves = { high: new Set<number>(), low: new Set<number>() };
  for (let i = 0; i < 20_000; i++) {
    const fingerprint = emptyFingerprint();
    extendByText(fingerprint, `prompt ${i}`);
    halves.high.add(fingerprint.high);
    halves.low.add(fingerprint.low);
  }
  // 20,000² / 2³³ = 0.05 collisions are expected in each half; 10 would be no accident.
  assert.ok(halves.high.size > 19_990 && halves.low.size > 19_990, `${halves.high.size} ${halves.low.size}`);
});
