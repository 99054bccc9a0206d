import assert from "node:assert/strict";
import { parseHTML } from "linkedom";

import { type IndexContent, renderIndex } from "../../../lib/report/index/page.ts";
import { makeEntries, makeEntry } from "../../testdata/reports/make_entries.ts";

function render(content: Partial<IndexContent>) {
  const html = renderIndex({ entries: [], unreadable: [], strangers: [], ...content }, { clientScript: "0" });
  return { html, document: parseHTML(html).document };
}

Deno.test("renderIndex() lists every report, newest first, with relative links", () => {
  const { document } = render({ entries: makeEntries(12) });
  const rows = [...document.querySelectorAll("tbody tr")];
  assert.equal(rows.length, 12);
  const dates = rows.map((row) => row.querySelector('[data-key="date"]')?.getAttribute("data-value") ?? "");
  assert.deepEqual(dates, dates.toSorted().reverse());
  for (const link of document.querySelectorAll("a")) {
    assert.match(link.getAttribute("href") ?? "", /^\.\/[^/]+\.html$/);
  }
  const heads = document.querySelectorAll("thead th").length;
  for (const row of rows) assert.equal(row.children.length, heads);
});

Deno.test("renderIndex() marks simulated engines, and what is not valid with the reason", () => {
  const entries = [
    makeEntry({ id: "a", simulated: false, gpu: null }),
    makeEntry({ id: "b", simulated: true, valid: false, problems: ["it rained"] }),
  ];
  const { document } = render({ entries });
  const cell = (row: number, key: string) =>
    document.querySelectorAll("tbody tr")[row]?.querySelector(`[data-key="${key}"]`)?.textContent?.trim();
  assert.equal(cell(0, "gpu"), "–");
  assert.equal(cell(1, "gpu"), "Simulated H200 × 4");
  assert.equal(cell(0, "valid"), "valid");
  assert.equal(cell(1, "valid"), "not validit rained");
});

Deno.test("renderIndex() keeps markup in names as text, and odd names as addresses", () => {
  const title = `<script>alert(1)</script>"'`;
  const { html, document } = render({ entries: [makeEntry({ id: "a b%#?", title })] });
  const link = document.querySelector("tbody a");
  assert.equal(link?.textContent, title);
  assert.equal(link?.getAttribute("href"), "./a%20b%25%23%3F.html");
  assert.equal(html.match(/<script/g)?.length, 1);
});

Deno.test("renderIndex() without reports says how to make one", () => {
  const { document } = render({});
  assert.equal(document.querySelector("table"), null);
  assert.equal(
    document.querySelector("#empty pre")?.textContent,
    "deno task bench:qwen --virtual-time --trace demo\ndeno task publish",
  );
});

Deno.test("renderIndex() folds what has no report, and pages that it does not know", () => {
  const { document } = render({
    entries: [makeEntry()],
    unreadable: [{ id: "half", reason: "manifest.json: not JSON" }],
    strangers: ["old.html"],
  });
  assert.equal(document.querySelector("#unreadable summary")?.textContent, "1 folder without a report");
  assert.equal(document.querySelector("#unreadable li")?.textContent, "half: manifest.json: not JSON");
  assert.equal(document.querySelector("#strangers a")?.getAttribute("href"), "./old.html");
  assert.equal(document.querySelector("details[open]"), null);
});

Deno.test("renderIndex() says how many are simulated", () => {
  const lead = (simulated: readonly boolean[]) =>
    render({ entries: simulated.map((one, place) => makeEntry({ id: String(place), simulated: one })) })
      .document.querySelector(".lead")?.textContent;
  assert.match(lead([true]) ?? "", /^1 report .* It is of a simulated engine\.$/);
  assert.match(lead([true, true]) ?? "", /All of them are of simulated engines\.$/);
  assert.match(lead([true, false]) ?? "", /1 of them is of a simulated engine\.$/);
  assert.match(lead([false, false]) ?? "", /bear load\.$/);
});
