// deno-lint-ignore-file no-console -- what is printed outside of a notebook is looked at
import assert from "node:assert/strict";

import { Display, jupyterDisplay, show } from "../../lib/notebook/display.ts";
import { html } from "../../lib/report/markup.ts";

Deno.test("the kernel gets HTML and text", async () => {
  const bundle = await new Display(() => html`<b>${"a < b"}</b>`, "ONE")[jupyterDisplay]();
  assert.deepEqual(Object.keys(bundle), ["text/html", "text/plain"]);
  assert.match(bundle["text/html"] ?? "", /^<div class="benchbook">.*<b>a &lt; b<\/b>/s);
  assert.equal(bundle["text/plain"], "ONE");
});

Deno.test("show outside of a notebook prints the text", async () => {
  const printed: unknown[] = [];
  const log = console.log;
  console.log = (text: unknown) => printed.push(text);
  try {
    await show(new Display(() => html`<b>one</b>`, "ONE"), "two");
  } finally {
    console.log = log;
  }
  assert.deepEqual(printed, ["ONE", "two"]);
});

Deno.test("what is shown brings a style of its own that touches nothing else", async () => {
  const bundle = await new Display(() => html`<p>x</p>`, "x")[jupyterDisplay]();
  const style = /<style>(.*)<\/style>/s.exec(bundle["text/html"] ?? "")?.[1] ?? "";
  // Every rule stands inside one of the blocks that begin with the class.
  let depth = 0;
  const heads = [...style.matchAll(/([^{}]*)([{}])/g)].flatMap(([, text = "", brace]) => {
    const head = depth === 0 && brace === "{" ? [text.trim()] : [];
    depth += brace === "{" ? 1 : -1;
    return head;
  });
  assert.equal(depth, 0);
  assert.ok(heads.length >= 2 && heads.every((head) => head.includes(".benchbook")), heads.join("\n"));
  assert.doesNotMatch(style, /:root|\bbody\b|url\(/);
});
