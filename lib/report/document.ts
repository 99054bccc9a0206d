/**
 * The frame of a self-contained page: no request leaves it, and nothing but its own script runs in it.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type Html, html, trusted } from "./markup.ts";

/** What stands in the frame. */
export interface DocumentParts {
  readonly title: string;
  /** CSS, without anything to fetch. */
  readonly style: string;
  /** The page's content. */
  readonly body: Html;
  /** Runs at the page's end. */
  readonly script: string;
}

/**
 * Renders a whole HTML document.
 *
 * Its policy names the script and the style by their hashes: markup that got in through a name or an error message could
 * not run.
 *
 * @throws {RangeError} When the script cannot stand inside an HTML element.
 * @example
 * ```ts
 * import { renderDocument } from "./document.ts";
 * import { html } from "./markup.ts";
 * import assert from "node:assert/strict";
 *
 * const page = renderDocument({ title: "A < B", style: "", body: html`<p>text</p>`, script: "0" });
 * assert.match(page, /^<!doctype html>[^]*<title>A &lt; B<\/title>[^]*<p>text<\/p>[^]*<script>0<\/script>/);
 * ```
 */
export function renderDocument({ title, style, body, script }: DocumentParts): string {
  checkScript(script);
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return String(html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${policy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="generator" content="benchbook">
        <title>${title}</title>
        <style>${trusted(style)}</style>
      </head>
      <body>
        ${body}
        <script>${trusted(script)}</script>
      </body>
    </html>
  `).trim() + "\n";
}

/** A parser would end the element, or read on past it, at these; bundlers escape them in what they write. */
function checkScript(script: string): void {
  const found = /<\/script|<!--|\r/i.exec(script);
  if (found === null) return;
  throw new RangeError(
    `Cannot inline script as it must not contain ${JSON.stringify(found[0])}: found at ${found.index}`,
  );
}

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
