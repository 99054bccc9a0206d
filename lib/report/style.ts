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
main { max-width: 1150px; margin: 0 auto; padding: 1.25rem 1.25rem 5rem; }
h1, h2, h3, p, dl, dd, figure, ul { margin: 0; padding: 0; }
h1 { font-size: var(--large); line-height: 1.2; font-weight: 680; letter-spacing: -0.015em; text-wrap: balance; }
h2 { font-size: var(--large); line-height: 1.2; font-weight: 620; letter-spacing: -0.015em; }
h3 { font-size: 1rem; font-weight: 620; }
strong { font-weight: 650; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }

.brand { font-size: var(--small); color: var(--soft); margin-bottom: 0.15rem; }
.lead { color: var(--soft); margin-top: 0.25rem; text-wrap: pretty; }
.banner { margin-top: 0.75rem; padding: 0.45rem 0.85rem; border-radius: 6px; background: var(--amber-tint); font-size: var(--small); }
.banner strong { color: var(--amber); margin-right: 0.35rem; }
.banner.simulated { border-left: 6px solid var(--amber); }
.banner.simulated strong { text-transform: uppercase; letter-spacing: 0.06em; }
.banner.warning { border-left: 6px solid var(--failure); }
.banner.warning strong { color: var(--failure); }
.chips { display: flex; flex-wrap: wrap; gap: 0.35rem 2rem; margin-top: 0.75rem; font-size: var(--small); }
.chips dt, .key-numbers dt, .facts dt { color: var(--soft); }
.chips dd { font-weight: 560; overflow-wrap: anywhere; }
.verdicts { list-style: none; margin: 0.85rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0.35rem 1.75rem; }
.verdicts li::before { content: "●"; margin-right: 0.45em; }
.verdicts a { color: inherit; font-weight: 620; text-decoration-color: var(--line); text-underline-offset: 0.25em; }
.verdicts .valid { color: var(--good); }
.verdicts .invalid { color: var(--amber); }
.verdicts .invalid::before { content: "▲"; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.key-numbers {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(175px, 1fr)); gap: 0.75rem 1.75rem;
  margin-top: 0.85rem; padding: 0.75rem 0; border-block: 1px solid var(--line);
}
.key-numbers > div { display: flex; flex-direction: column; }
.key-numbers dt, .key-numbers .detail { font-size: var(--small); }
.key-numbers .value { font-size: var(--large); line-height: 1.3; font-weight: 620; letter-spacing: -0.02em; }
.key-numbers .value.failed { color: var(--failure); }
.key-numbers .sparkline { height: 34px; margin: 0.1rem 0; }
.key-numbers .detail { color: var(--soft); line-height: 1.35; }

section { margin-top: 3.5rem; }
section, figure { scroll-margin-top: 0.75rem; }
#bar + noscript + section { margin-top: 1.25rem; }
.blocks { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 2.25rem 2rem; margin-top: 1.25rem; }
.blocks > * { grid-column: 1 / -1; min-width: 0; }
.blocks > .half { grid-column: span 1; }
.blocks > p { max-width: 46rem; }
figcaption { color: var(--soft); font-size: var(--small); max-width: 52rem; margin-bottom: 0.5rem; text-wrap: pretty; }
figure { position: relative; }
figure > h3 { padding-right: 3rem; }
figure.zoomed > h3 { padding-right: 9rem; }
.drawing { min-height: 100px; }
.drawing text[data-cell] { cursor: pointer; }
.drawing .faded { opacity: 0.12; }
.drawing.brushable { cursor: crosshair; touch-action: pan-y; }
.plot { display: block; max-width: 100%; height: auto; }
.plot text { white-space: pre; }

.tools { position: absolute; top: 0; right: 0; display: flex; gap: 0.25rem; font-size: var(--small); }
.tools .reset { display: none; border-color: var(--line); }
.zoomed .tools .reset { display: block; }
.menu { position: relative; }
.menu summary { list-style: none; padding: 0 0.5rem; border-radius: 5px; color: var(--soft); }
.menu summary::-webkit-details-marker { display: none; }
.menu summary:hover, .menu[open] summary { background: var(--tint); color: var(--ink); }
.menu > div {
  position: absolute; right: 0; z-index: 2; display: flex; flex-direction: column; padding: 0.25rem; white-space: nowrap;
  background: var(--paper); border: 1px solid var(--line); border-radius: 6px; box-shadow: 0 4px 16px rgb(0 0 0 / 0.12);
}
.menu button { text-align: left; padding: 0.3rem 0.75rem; }
.table.data { max-height: 24rem; overflow: auto; margin-top: 0.5rem; }
.table.data th, .table.data td { padding-left: 0; padding-right: 1.25rem; white-space: nowrap; }

#bar {
  position: sticky; top: 0; z-index: 3; margin: 0 -1.25rem; padding: 0.35rem 1.25rem; background: var(--paper);
  border-bottom: 1px solid var(--line); font-size: var(--small);
}
#top { display: flex; gap: 1rem; justify-content: space-between; align-items: center; }
#contents { display: flex; flex-wrap: wrap; gap: 0.1rem 1.1rem; white-space: nowrap; padding: 0.15rem 0; }
#contents a { text-decoration: none; }
#contents a:hover { text-decoration: underline; }
#controls:not([hidden]) { display: flex; flex-wrap: wrap; gap: 0.2rem 1.25rem; align-items: center; padding-top: 0.15rem; max-height: 9rem; overflow-y: auto; }
#bar [role="group"] { flex: none; }
#bar [role="group"] { display: flex; flex-wrap: wrap; max-width: 100%; gap: 0.15rem; align-items: center; }
#bar [role="group"] > span { color: var(--soft); margin-right: 0.35rem; }
button, #controls input {
  font: inherit; font-size: var(--small); color: var(--ink); background: none; border: 1px solid transparent;
  border-radius: 5px; padding: 0.1rem 0.5rem; cursor: pointer;
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
  #controls:not([hidden]), #bar [role="group"] { flex-wrap: nowrap; white-space: nowrap; max-width: none; }
  #controls:not([hidden]), #top { overflow-x: auto; scrollbar-width: none; }
  #contents { flex-wrap: nowrap; overflow: visible; }
  button, .menu summary { padding-block: 0.3rem; }
  .blocks > .half { grid-column: 1 / -1; }
  .key-numbers { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .facts > div { grid-template-columns: 7rem 1fr; }
}
@page { margin: 14mm 12mm; }
@media print {
  :root, :root[data-theme] { color-scheme: light; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  #bar, #downloads, .tools, button { display: none; }
  .faded { opacity: 1 !important; }
  section { margin-top: 1.75rem; }
  figure, tr, .table, .key-numbers > div { break-inside: avoid; }
  .key-numbers { grid-template-columns: repeat(5, minmax(0, 1fr)); }
  h2, h3, caption { break-after: avoid; }
  .table { overflow: visible; }
  figure > h3, figure.zoomed > h3 { padding-right: 0; }
  .drawing :has(> .plot + .plot) { flex-wrap: nowrap !important; }
  .drawing .plot { min-width: 0; flex-shrink: 1; }
}
`;
