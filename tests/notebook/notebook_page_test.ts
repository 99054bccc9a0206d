import assert from "node:assert/strict";
import { parseHTML } from "linkedom";

import type { CodeCell, Notebook, Output } from "../../lib/notebook/notebook_file.ts";
import { type NotebookPageOptions, renderNotebook } from "../../lib/notebook/notebook_page.ts";

function codeCell(source: string, outputs: readonly Output[] = [], tags: readonly string[] = []): CodeCell {
  return { kind: "code", source, outputs, metadata: { tags }, id: null, executionCount: null };
}

function shown(data: Record<string, string>): Output {
  return { kind: "display", data, metadata: {}, executionCount: null };
}

function render(cells: Notebook["cells"], options: Partial<NotebookPageOptions> = {}) {
  const page = renderNotebook({ metadata: {}, minor: 4, cells }, { path: "notebooks/a.ipynb", ...options });
  return { page, document: parseHTML(page).document };
}

const prose = (
  source: string,
) => ({ kind: "markdown", source, metadata: {}, id: null, attachments: null } as const);

Deno.test("renderNotebook forbids scripts and requests", () => {
  const { document } = render([]);
  const policy =
    document.querySelector("meta[http-equiv=Content-Security-Policy]")?.getAttribute("content") ?? "";
  assert.match(policy, /^default-src 'none';/);
  assert.doesNotMatch(policy, /script-src|https?:/);
  assert.equal(document.querySelectorAll("script, link").length, 0);
});

Deno.test("renderNotebook takes out what would act, and lets no output swallow the next", () => {
  const html = '<meta http-equiv="refresh" content="0;url=https://example.org"><b>kept</b><div><!--';
  const { document } = render([codeCell("a", [shown({ "text/html": html })]), prose("After.")]);
  assert.equal(document.querySelectorAll("main meta").length, 0);
  assert.equal(document.querySelector(".output b")?.textContent, "kept");
  assert.equal(document.querySelector(".output p"), null);
  assert.match(document.querySelector(".prose")?.textContent ?? "", /After\./);
});

Deno.test("renderNotebook takes its title from the first heading, else from the path", () => {
  assert.equal(render([prose("text\n\n# Which *engine*?")]).document.title, "Which engine?");
  assert.equal(render([prose("## no title")]).document.title, "notebooks/a.ipynb");
});

Deno.test("renderNotebook folds code, leaves it out where it is told to, and shows it without HTML", () => {
  const cells = [
    codeCell("a < 1 // </pre>"),
    codeCell("b", [], ["hide-input"]),
    codeCell("c", [], ["hide-cell"]),
  ];
  const { document } = render(cells);
  const code = [...document.querySelectorAll("details.code")];
  assert.deepEqual(code.map((element) => element.querySelector("pre")?.textContent), ["a < 1 // </pre>"]);
  assert.ok(!code.some((element) => element.hasAttribute("open")));
  assert.ok(document.querySelector("#cell-2") !== null && document.querySelector("#cell-3") === null);
  assert.equal(render(cells, { showsCode: false }).document.querySelectorAll("details").length, 0);
});

Deno.test("renderNotebook shows HTML in Markdown as text, and no link or picture that leads elsewhere", () => {
  const { document } = render([
    prose("<script>alert(1)</script>\n\n[page](https://example.org), [trap](javascript:alert(1)), <b>x</b>"),
    prose("![far](https://example.org/a.png) ![near](data:image/png;base64,aGk=)"),
  ]);
  const main = document.querySelector("main");
  assert.equal(main?.querySelectorAll("script, b").length, 0);
  assert.match(main?.textContent ?? "", /<script>alert\(1\)<\/script>[\s\S]*page, trap, <b>x<\/b>/);
  assert.deepEqual([...document.querySelectorAll("a")].map((link) => link.getAttribute("href")), [
    "https://example.org",
  ]);
  assert.deepEqual([...document.querySelectorAll("img")].map((image) => image.getAttribute("src")), [
    "data:image/png;base64,aGk=",
  ]);
});

Deno.test("renderNotebook shows text, errors and standard error apart", () => {
  const { document } = render([codeCell("x", [
    { kind: "stream", name: "stdout", text: "\x1b[33m1\x1b[39m" },
    { kind: "stream", name: "stderr", text: "careful" },
    {
      kind: "error",
      name: "TypeError",
      message: "a < b",
      traceback: ["TypeError: a < b", "    at <anonymous>:1:1"],
    },
  ])]);
  const outputs = [...document.querySelectorAll("pre.output")];
  assert.deepEqual(outputs.map((output) => [output.className, output.textContent]), [
    ["output stdout", "1"],
    ["output stderr", "careful"],
    ["output error", "TypeError: a < b\n    at <anonymous>:1:1"],
  ]);
});

for (
  const [what, data, expected] of [
    ["HTML as it is", { "text/html": "<table></table>", "text/plain": "t" }, "<table></table>"],
    [
      "a drawing as a picture with its namespace",
      { "image/svg+xml": `<svg width="1"/>` },
      `<img alt="" src="data:image/svg+xml,${
        encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="1"/>`)
      }">`,
    ],
    [
      "base64 without line ends",
      { "image/png": "aG\nk=\n" },
      `<img alt="" src="data:image/png;base64,aGk=">`,
    ],
    ["text where there is nothing richer", { "text/plain": "a<b" }, "<pre>a&lt;b</pre>"],
    ["the text of an empty page", { "text/html": "", "text/plain": "t" }, "<pre>t</pre>"],
    [
      "Markdown",
      { "text/markdown": "**b** <i>" },
      `<div class="prose"><p><strong>b</strong> &lt;i&gt;</p>\n</div>`,
    ],
    ["nothing of what no browser knows", { "application/x": "1" }, ""],
  ] as const
) {
  Deno.test(`renderNotebook shows ${what}`, () => {
    const { page } = render([codeCell("x", [shown(data)])]);
    assert.ok(
      page.includes(`<div class="output">${expected}</div>`),
      page.slice(page.indexOf(`class="cell"`)),
    );
  });
}
