/**
 * What is on the page: the list of its sections, and its verdicts in a line.
 *
 * @module
 */
import type { Section } from "./blocks.ts";
import { type Content, html } from "./markup.ts";

/** The list has one line; titles would need three. */
const shortTitles: Readonly<Record<string, string>> = {
  scaling: "Load",
  rounds: "Cache",
  turns: "Turns",
  slo: "Objective",
  frontier: "Frontier",
  "largest-load": "Largest load",
  verdict: "Verdict",
  differences: "Differences",
  distributions: "Distributions",
  capacity: "Capacity",
  time: "Time",
  telemetry: "Engine",
  requests: "Requests",
  trust: "Trust",
  fairness: "Fairness",
  numbers: "Numbers",
  ratios: "Ratios",
  loads: "Loads",
  method: "Method",
  engines: "Engines",
  configurations: "Configurations",
  dialects: "Other tools",
  definitions: "Definitions",
  provenance: "Provenance",
  reproduce: "Do it again",
};

/** Links to the sections, in a line. */
export function renderContents(sections: readonly Section[]): Content {
  return html`
    <nav id="contents" aria-label="Sections" tabindex="0">
      ${sections.map(({ id, title }) => html`<a href="#${id}">${shortTitles[id] ?? title}</a>`)}
    </nav>
  `;
}

/** The titles of the verdicts, each leading to where it is explained. */
export function renderVerdicts(sections: readonly Section[]): Content {
  const verdicts = sections.flatMap(({ id, blocks }) =>
    blocks.flatMap((block) => block.kind === "verdict" ? [{ id, block }] : []).slice(-MOST_OF_SECTION)
  );
  return verdicts.length > 0 && html`
    <ul class="verdicts">
      ${verdicts.map(({ id, block: { valid, title } }) =>
        html`<li class="${valid ? "valid" : "invalid"}"><a href="#${id}">${title}</a></li>`
      )}
    </ul>
  `;
}

/** Those of the highest loads; all of them are in the section. */
const MOST_OF_SECTION = 2;
