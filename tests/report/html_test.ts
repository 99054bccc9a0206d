import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { parseHTML } from "linkedom";
import { renderHtml } from "../../lib/report/html.ts";
import { buildReport } from "../../lib/report/report.ts";
import type { Run } from "../../lib/types.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";
import { makeRun } from "../testdata/runs/make_run.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";

const clientScript = "globalThis.drawn = 1 < 2;";

function render(run: Run) {
  const page = renderHtml(buildReport(run), { clientScript });
  return { page, document: parseHTML(page).document };
}

function sha256(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

Deno.test("renderHtml() allows its own script and its own style and nothing else", () => {
  const { page, document } = render(makeRun({ requests: 3 }));
  const policy =
    document.querySelector("meta[http-equiv=Content-Security-Policy]")?.getAttribute("content") ?? "";
  const between = (start: string, end: string) =>
    page.slice(page.indexOf(start) + start.length).split(end, 1)[0] ?? "";
  const style = between("<style>", "</style>");
  assert.ok(style.includes("color-scheme"));
  assert.ok(policy.startsWith("default-src 'none';"));
  assert.ok(policy.includes(`script-src '${sha256(clientScript)}'`));
  assert.ok(policy.includes(`style-src '${sha256(style)}'`));
  assert.equal(document.querySelectorAll("[style], [onclick], [onload], [onerror]").length, 0);
});

Deno.test("renderHtml() refers to nothing outside the file", () => {
  const { document } = render(makeRun({ requests: 3 }));
  assert.equal(document.querySelectorAll("[src], link, iframe, object, embed, base").length, 0);
  assert.equal(document.querySelectorAll("[href]:not([href^='#'])").length, 0);
  for (const link of document.querySelectorAll("[href]")) {
    assert.ok(document.getElementById(link.getAttribute("href")?.slice(1) ?? ""), link.outerHTML);
  }
});

Deno.test("renderHtml() puts every number and every word into the HTML itself", () => {
  const { document } = render(makeSmallRun([makeCell({ label: "one" })], [makeRecord([123, 133])]));
  const text = document.body.textContent ?? "";
  for (
    const word of [
      "123\u00a0ms",
      "Simulated",
      "virtual time keeps every schedule",
      "Time to first token",
      "deno task bench:qwen",
    ]
  ) {
    assert.ok(text.includes(word), `no ${word}`);
  }
  assert.match(document.querySelector("noscript")?.innerHTML ?? "", /need JavaScript/);
  for (const figure of document.querySelectorAll("figure")) {
    assert.ok((figure.querySelector("figcaption")?.textContent ?? "").length > 10);
  }
});

Deno.test("renderHtml() gives every place for a figure a figure", () => {
  const { document } = render(makeRun({ requests: 3 }));
  const { figures } = JSON.parse(document.getElementById("data")?.textContent ?? "");
  const places = [...document.querySelectorAll("[data-figure]")].map((slot) =>
    Number(slot.getAttribute("data-figure"))
  );
  assert.deepEqual(places, figures.map((_: unknown, place: number) => place));
});

Deno.test("renderHtml() folds what only some readers want, other tools' numbers, and nothing else", () => {
  const { document } = render(makeRun({ requests: 3 }));
  const folded = [...document.querySelectorAll("section > details")].map((one) => one.parentElement?.id);
  assert.deepEqual(folded, ["dialects"]);
  const details = document.querySelector("#dialects details");
  assert.equal(details?.hasAttribute("open"), false);
  assert.equal(details?.querySelector("summary h2")?.textContent, "What other tools would print");
});

Deno.test("renderHtml() sets the numbers of a table flush right, cell by cell only where texts stand beside them", () => {
  const { document } = render(makeRun({ requests: 3 }));
  const all = document.querySelector("#dialects table");
  assert.equal(all?.className, "numbers");
  assert.equal(all?.querySelectorAll("td[class]").length, 0);
  assert.equal(document.querySelector("#definitions table")?.className, "");
});

const hostile = [
  `</script><script>globalThis.hacked = 1</script>`,
  `<img src=x onerror="globalThis.hacked = 1">`,
  `"onmouseover="globalThis.hacked=1`,
  `'><svg onload=alert(1)>`,
  `<!--<script>`,
  `]]>\u2028\u2029&lt;\${1}`,
];

for (const text of hostile) {
  Deno.test(`renderHtml() writes ${JSON.stringify(text)} as text wherever it stands`, () => {
    const cell = makeCell({ label: text, parameters: { [text]: 1 } });
    const failure = makeFailure([], { outcome: { kind: "failed", failure: "http", message: text } });
    const base = makeSmallRun([cell, makeCell({ index: 1 })], [failure], {
      problems: [text],
      incomplete: true,
    });
    const { manifest } = base;
    const run: Run = {
      ...base,
      manifest: {
        ...manifest,
        runId: text,
        title: text,
        model: text,
        error: text,
        command: ["deno", text],
        options: { [text]: text },
        engine: {
          ...manifest.engine,
          name: text,
          version: text,
          description: text,
          details: { [text]: text },
        },
        workload: { ...manifest.workload, notes: [text], skipped: [{ id: 0, reason: text }] },
      },
    };
    const { document } = render(run);
    assert.equal(document.querySelectorAll("script").length, 2);
    assert.equal(
      document.querySelectorAll("img, svg:not(.swatch), [onerror], [onload], [onmouseover]").length,
      0,
    );
    assert.equal(document.querySelector("h1")?.textContent, text);
    const data = JSON.parse(document.getElementById("data")?.textContent ?? "");
    assert.equal(data.cells.some(({ label }: { label: string }) => label === text), true);
  });
}

Deno.test("renderHtml() refuses a script that would leave its element", () => {
  const report = buildReport(makeRun({ requests: 1 }));
  for (const clientScript of ["'</script>'", "'</SCRIPT '", "a<!--b", "a\r\nb"]) {
    assert.throws(() => renderHtml(report, { clientScript }), /^RangeError: Cannot inline script/);
  }
});

Deno.test("renderHtml() names every figure for links, each once and by its metric", () => {
  const { document } = render(makeRun({ requests: 3 }));
  const ids = [...document.querySelectorAll("figure")].map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ["fig-scaling-latency-ttft", "fig-scaling-latency-e2e", "fig-timeline"]) {
    assert.ok(ids.includes(id), `no ${id} among ${ids.join()}`);
  }
});

Deno.test("renderHtml() says every verdict on top, each leading to its section", () => {
  const { document } = render(makeRun({ requests: 3 }));
  const [verdict] = document.querySelectorAll(".verdicts a");
  assert.equal(verdict?.getAttribute("href"), "#trust");
  assert.equal(verdict?.textContent, document.querySelector("#trust .verdict strong")?.textContent);
});
