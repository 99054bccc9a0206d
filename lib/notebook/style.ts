/**
 * The report's style sheet for a part of a foreign page.
 *
 * @module
 */
import { type Html, trusted } from "../report/markup.ts";
import { styleSheet } from "../report/style.ts";

/** Rules for the page become rules for what is shown; a notebook's own colours decide between light and dark. */
const sheet = styleSheet
  .replaceAll(/^\s*:root[^{]*\{ color-scheme: [^}]*\}$/gm, "")
  .replace("color-scheme: light dark;", "")
  .replaceAll(/^(\s*)(:root|body)\b/gm, "$1&");

/** Style of everything with the class `benchbook`, and of nothing else. */
export const notebookStyle: Html = trusted(`
.benchbook {${sheet}
& { max-width: 1150px; padding: 0.25rem 0; font-size: 0.9375rem; }
h2 { margin-top: 0.5rem; }
}
[data-jp-theme-light="false"] .benchbook, .vscode-dark .benchbook { color-scheme: dark; }
`);
