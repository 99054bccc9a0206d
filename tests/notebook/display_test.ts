// deno-lint-ignore-file no-console -- what is printed outside of a notebook is looked at
import assert from "node:assert/strict";

import { Display, jupyterDisplay, show } from "../../lib/notebook/display.ts";
import { html } from "../../lib/report/markup.ts";

/** Runs with a kernel that only remembers. */
async function withKernel(fn: () => Promise<void>): Promise<{ bundle: unknown; raw: unknown }[]> {
  const shown: { bundle: unknown; raw: unknown }[] = [];
  const deno = globalThis.Deno;
  const display = (bundle: unknown, { raw }: { raw: boolean }) => {
    shown.push({ bundle, raw });
    return Promise.resolve();
  };
  // The property itself cannot be redefined.
  globalThis.Deno = Object.create(deno, { jupyter: { value: { display } } });
  try {
    await fn();
  } finally {
    globalThis.Deno = deno;
  }
  return shown;
}

Deno.test("show sends HTML and text, in order, and escapes strings", async () => {
  const shown = await withKernel(() => show(new Display(() => html`<b>one</b>`, "ONE"), "a < b"));
  assert.deepEqual(shown.map(({ raw }) => raw), [true, true]);
  const [first, second] = shown.map(({ bundle }) => bundle as Record<string, string>);
  assert.deepEqual(Object.keys(first ?? {}), ["text/html", "text/plain"]);
  assert.match(first?.["text/html"] ?? "", /^<div class="benchbook">.*<b>one<\/b>/s);
  assert.equal(first?.["text/plain"], "ONE");
  assert.match(second?.["text/html"] ?? "", /<p>a &lt; b<\/p>/);
});

Deno.test("show outside of a notebook prints the text", async () => {
  const printed: unknown[] = [];
  const log = console.log;
  console.log = (text: unknown) => printed.push(text);
  try {
    await show(new Display(() => html`<b>one</b>`, "ONE"));
  } finally {
    console.log = log;
  }
  assert.deepEqual(printed, ["ONE"]);
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
