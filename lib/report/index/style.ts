/**
 * What the list of reports adds to the style of a report.
 *
 * @module
 */
import { styleSheet } from "../style.ts";

/** CSS of the list, without anything to fetch. */
export const indexStyle = `${styleSheet}
main { max-width: 1480px; }
#find:not([hidden]) { display: flex; flex-wrap: wrap; gap: 0.6rem 1.25rem; align-items: center; margin-top: 1.5rem; font-size: var(--small); }
#find input {
  font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--soft); border-radius: 5px;
  padding: 0.4rem 0.6rem; width: min(22rem, 100%);
}
#find [role="group"] { display: flex; flex-wrap: wrap; gap: 0.15rem; align-items: center; }
#find [role="group"] > span, #find [role="status"] { color: var(--soft); }
#find [role="group"] > span { margin-right: 0.35rem; }
#find button { min-height: 1.75rem; }
.table { margin-top: 1.25rem; }
table:not(.numbers) td:last-child:not(.numeric) { width: auto; }
thead th:has(button) { padding-inline: 0.1rem; }
thead th:first-child:has(button) { padding-left: 0; }
thead button { color: inherit; font-weight: inherit; text-align: inherit; padding-inline: 0.5rem; min-height: 1.75rem; }
thead th:first-child button { padding-left: 0; }
thead button::after { content: "\\2195"; opacity: 0.35; margin-left: 0.3em; }
thead [aria-sort] button { color: var(--ink); font-weight: 620; }
thead [aria-sort="ascending"] button::after { content: "\\2191"; opacity: 1; }
thead [aria-sort="descending"] button::after { content: "\\2193"; opacity: 1; }
tbody th { white-space: normal; min-width: 15rem; font-weight: 620; }
tbody th a { text-decoration-thickness: 1px; text-underline-offset: 0.15em; }
.mode, .one, .day, .time { white-space: nowrap; }
.time { color: var(--soft); }
tbody td[data-key="model"] { min-width: 8.5rem; overflow-wrap: anywhere; }
tbody td { white-space: normal; }
tbody td.numeric { white-space: nowrap; }
tbody tr:hover { background: var(--tint); }
.finding { display: block; font-weight: 400; color: var(--soft); text-wrap: pretty; overflow-wrap: anywhere; }
td .finding { max-width: 16rem; }
.one { display: block; }
.one + .one { margin-top: 0.15rem; }
.simulated:is(b) {
  display: inline-block; padding: 0 0.4em; border-radius: 4px; background: var(--amber-tint); color: var(--amber);
  text-transform: uppercase; letter-spacing: 0.04em; font-weight: 650;
}
.valid { color: var(--good); white-space: nowrap; }
.invalid { color: var(--failure); white-space: nowrap; }
#none, details, .note { margin-top: 1.75rem; max-width: 56rem; }
.note { color: var(--soft); font-size: var(--small); }
#empty p { margin-top: 0.75rem; }
#empty pre { white-space: pre-wrap; }

@media screen and (max-width: 1250px) {
  th, td { padding-inline: 0.4rem; }
  thead button { padding-inline: 0.3rem; }
  tbody th { min-width: 13rem; }
}
@media screen and (max-width: 960px) {
  .table { overflow: visible; }
  table, tbody, tbody tr, tbody th, tbody td { display: block; }
  thead { display: none; }
  thead:has(button) { display: block; }
  thead tr { display: flex; flex-wrap: wrap; gap: 0.15rem; padding-bottom: 0.5rem; }
  thead tr::before { content: "Sort by"; color: var(--soft); align-self: center; margin-right: 0.35rem; }
  thead th, thead th:first-child { padding: 0; border: 0; }
  thead button, thead th:first-child button { border-color: var(--line); padding-inline: 0.5rem; }
  tbody tr { padding: 0.9rem 0; border-bottom: 1px solid var(--line); display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.4rem 1rem; }
  tbody tr[hidden] { display: none; }
  tbody th, tbody td { padding: 0; border: 0; min-width: 0; text-align: left; overflow-wrap: anywhere; }
  tbody td.numeric { text-align: left; }
  tbody th { grid-column: 1 / -1; order: -1; font-size: 1rem; }
  tbody td::before { content: attr(data-label); display: block; color: var(--soft); }
  tbody tr:hover { background: none; }
  .finding { font-size: var(--small); }
}
@media print {
  thead button { font-size: inherit; }
  .table { break-inside: auto; }
  #find:not([hidden]) { display: none; }
  thead button { display: inline; border: 0; padding: 0; }
  thead button::after { content: none; }
  tbody th, tbody td[data-key="model"] { min-width: 0; }
  th, td { padding: 0.3rem 0.4rem; }
  body { font-size: 8pt; }
  table { font-size: 7pt; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
