/**
 * The page's style sheet. Three sizes of type, one column on a phone and two on a desk, light and dark, and paper.
 *
 * @module
 */

/** CSS of the page, without anything to fetch. */
export const styleSheet = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#171b22, #e6e9ee);
  --soft: light-dark(#5b6472, #9aa4b2);
  --line: light-dark(#e2e6eb, #2a313b);
  --paper: light-dark(#ffffff, #12161c);
  --tint: light-dark(#f5f7f9, #191f27);
  --accent: light-dark(#1f5f99, #7cb8ee);
  --failure: light-dark(#c62828, #ff6f66);
  --good: light-dark(#1d6b4f, #6fcfa4);
  --amber: light-dark(#8a5a00, #f3bd5a);
  --amber-tint: light-dark(#fff4dc, #2e2410);
  --small: 0.8125rem;
  --large: 1.625rem;
  --plot-background: var(--paper);
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  font-variant-numeric: tabular-nums; text-size-adjust: 100%;
}
main { max-width: 1150px; margin: 0 auto; padding: 1.75rem 1.25rem 5rem; }
h1, h2, h3, p, dl, dd, figure, ul { margin: 0; padding: 0; }
h1 { font-size: var(--large); line-height: 1.2; font-weight: 680; letter-spacing: -0.015em; text-wrap: balance; }
h2 { font-size: var(--large); line-height: 1.2; font-weight: 620; letter-spacing: -0.015em; }
h3 { font-size: 1rem; font-weight: 620; }
strong { font-weight: 650; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }

.brand { font-size: var(--small); color: var(--soft); margin-bottom: 0.5rem; }
.lead { max-width: 56rem; color: var(--soft); margin-top: 0.5rem; text-wrap: pretty; }
.banner { margin-top: 1.25rem; padding: 0.7rem 1rem; border-radius: 6px; background: var(--amber-tint); }
.banner strong { color: var(--amber); margin-right: 0.35rem; }
.banner.simulated { border-left: 6px solid var(--amber); }
.banner.simulated strong { text-transform: uppercase; letter-spacing: 0.06em; }
.banner.warning { border-left: 6px solid var(--failure); }
.banner.warning strong { color: var(--failure); }
.chips { display: flex; flex-wrap: wrap; gap: 0.75rem 2.25rem; margin-top: 1.25rem; font-size: var(--small); }
.chips dt, .key-numbers dt, .facts dt { color: var(--soft); }
.chips dd { font-weight: 560; overflow-wrap: anywhere; }

.key-numbers {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(175px, 1fr)); gap: 1.5rem 1.75rem;
  margin-top: 1.5rem; padding: 1.25rem 0; border-block: 1px solid var(--line);
}
.key-numbers > div { display: flex; flex-direction: column; }
.key-numbers dt, .key-numbers .detail { font-size: var(--small); }
.key-numbers .value { font-size: var(--large); line-height: 1.3; font-weight: 620; letter-spacing: -0.02em; }
.key-numbers .value.failed { color: var(--failure); }
.key-numbers .sparkline { height: 34px; margin: 0.15rem 0; }
.key-numbers .detail { color: var(--soft); line-height: 1.4; }

section { margin-top: 3.5rem; scroll-margin-top: 6rem; }
#controls + noscript + section { margin-top: 1.75rem; }
.blocks { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 2.25rem 2rem; margin-top: 1.25rem; }
.blocks > * { grid-column: 1 / -1; min-width: 0; }
.blocks > .half { grid-column: span 1; }
.blocks > p { max-width: 46rem; }
figcaption { color: var(--soft); font-size: var(--small); max-width: 52rem; margin-bottom: 0.5rem; text-wrap: pretty; }
.drawing { min-height: 100px; }
.drawing [data-cell] { cursor: pointer; }
.drawing.brushable { cursor: crosshair; touch-action: pan-y; }
.plot { display: block; max-width: 100%; height: auto; }
.plot text { white-space: pre; }

#controls:not([hidden]) {
  position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 0.4rem 1.25rem; align-items: center;
  margin: 0 -1.25rem; padding: 0.6rem 1.25rem; background: var(--paper); border-bottom: 1px solid var(--line);
  font-size: var(--small);
}
#controls [role="group"] { display: flex; flex-wrap: wrap; gap: 0.15rem; align-items: center; }
#controls [role="group"] > span { color: var(--soft); margin-right: 0.35rem; }
button, #controls input {
  font: inherit; font-size: var(--small); color: var(--ink); background: none; border: 1px solid transparent;
  border-radius: 5px; padding: 0.15rem 0.5rem; cursor: pointer;
}
button:hover { background: var(--tint); }
button[aria-pressed="true"] { background: var(--tint); border-color: var(--line); font-weight: 620; }
#controls input { width: 4.5rem; border-color: var(--line); cursor: text; }
button.action { border-color: var(--line); margin: 0.5rem 0.5rem 0 0; padding: 0.3rem 0.75rem; }
button .swatch { margin-right: 0.35em; }
button.cell[aria-pressed="false"] { color: var(--soft); }
button.cell[aria-pressed="false"] .swatch { opacity: 0.25; }
.swatch { width: 0.65em; height: 0.65em; margin-right: 0.5em; }

.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: var(--small); }
caption { text-align: left; font-size: 1rem; font-weight: 620; padding-bottom: 0.4rem; }
th, td { text-align: left; padding: 0.35rem 0.6rem; vertical-align: top; border-bottom: 1px solid var(--line); }
tr > :first-child { padding-left: 0; }
tr > :last-child { padding-right: 0; }
table:not(.numbers) td:last-child:not(.numeric) { width: 45%; }
thead th { color: var(--soft); font-weight: 500; vertical-align: bottom; }
tbody th { font-weight: 560; white-space: nowrap; }
.numeric, .numbers td, .numbers th + th { text-align: right; white-space: nowrap; }
thead .numeric, .numbers thead th { white-space: normal; }
tr.failed td:nth-of-type(-n + 2) { color: var(--failure); }
#definitions tbody th { white-space: normal; min-width: 7rem; }
#definitions td { min-width: 14rem; }

.verdict { padding-left: 1rem; border-left: 6px solid var(--good); }
.verdict strong { color: var(--good); }
.verdict p { max-width: 46rem; }
.verdict.invalid { border-color: var(--amber); }
.verdict.invalid strong { color: var(--amber); }
ul { padding-left: 1.2rem; }
li { overflow-wrap: anywhere; }
.facts { font-size: var(--small); margin-top: 0.4rem; }
.facts > div { display: grid; grid-template-columns: 9rem 1fr; gap: 0.75rem; padding: 0.25rem 0; border-bottom: 1px solid var(--line); }
.facts dd { overflow-wrap: anywhere; }
pre {
  margin: 0.5rem 0 0; padding: 0.75rem 1rem; background: var(--tint); border-radius: 6px; overflow-x: auto;
  font: var(--small)/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace;
}
summary { cursor: pointer; font-weight: 620; }
summary h2 { display: inline; }

@media (max-width: 720px) {
  main { padding-top: 1.5rem; }
  #controls:not([hidden]), #controls [role="group"] { flex-wrap: nowrap; white-space: nowrap; }
  #controls:not([hidden]) { overflow-x: auto; }
  .blocks > .half { grid-column: 1 / -1; }
  .key-numbers { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .facts > div { grid-template-columns: 7rem 1fr; }
}
@media print {
  :root { color-scheme: light; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  #controls:not([hidden]), #downloads, button { display: none; }
  section { margin-top: 1.75rem; }
  figure, tr, .table, .key-numbers > div { break-inside: avoid; }
  .key-numbers { grid-template-columns: repeat(5, minmax(0, 1fr)); }
  h2, h3, caption { break-after: avoid; }
  .table { overflow: visible; }
}
`;
