import assert from "node:assert/strict";

import { formatIndex, parseIndex, sortEntries } from "../../../lib/report/index/entry.ts";
import { makeEntries, makeEntry } from "../../testdata/reports/make_entries.ts";

const kept = makeEntries(12).map((entry) => ({ ...entry, madeBy: "test" }));

Deno.test("parseIndex() reads what formatIndex() wrote, in an order of its own", () => {
  assert.deepEqual(parseIndex(formatIndex(kept), "index.json"), sortEntries(kept));
  assert.equal(formatIndex(kept), formatIndex(kept.toReversed()));
});

for (
  const { name, text, why } of [
    { name: "half a file", text: formatIndex(kept).slice(0, 100), why: /not JSON; remove it/ },
    { name: "another file", text: "[]", why: /not an index of reports/ },
    { name: "a newer one", text: '{"schemaVersion": 2, "reports": []}', why: /schemaVersion is 2/ },
    {
      name: "a report that is not whole",
      text: JSON.stringify({ schemaVersion: 1, reports: [kept[0], makeEntry()] }),
      why: /report 2 of it is not whole/,
    },
    {
      name: "a number that is a text",
      text: JSON.stringify({ schemaVersion: 1, reports: [{ ...kept[0], ttftP50Ms: "1" }] }),
      why: /report 1 of it is not whole/,
    },
  ]
) {
  Deno.test(`parseIndex() refuses ${name}`, () => {
    assert.throws(() => parseIndex(text, "reports/index.json"), (error) => {
      assert.ok(error instanceof SyntaxError);
      assert.match(error.message, why);
      assert.match(error.message, /^Cannot read reports\/index\.json/);
      return true;
    });
  });
}
