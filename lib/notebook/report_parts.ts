/**
 * Parts of the report in a notebook: the same words, tables and figures.
 *
 * @module
 */
import type { WhatIf } from "../metrics/what_if.ts";
import type { AnyFigure } from "../plots/mod.ts";
import { buildComparisonReport } from "../report/comparison/report.ts";
import { html } from "../report/markup.ts";
import { buildReport, type Report } from "../report/report.ts";
import { factList, renderSection } from "../report/section_html.ts";
import { buildWhatIfReport } from "../report/what_if_report.ts";
import type { Run } from "../types.ts";
import { Display } from "./display.ts";
import { type DrawingOptions, fillFigures } from "./draw.ts";
import type { JudgedComparison } from "./open.ts";

/** What a report can be made of. */
export type Reported = Run | JudgedComparison | WhatIf;

/** A report is made once for what it is about. */
const reports = new WeakMap<Reported, Report>();

function reportOf(of: Reported): Report {
  const known = reports.get(of);
  if (known !== undefined) return known;
  const report = buildAny(of);
  reports.set(of, report);
  return report;
}

function buildAny(of: Reported): Report {
  if ("comparison" in of) return buildComparisonReport(of.comparison, of.result);
  return "configurations" in of ? buildWhatIfReport(of, { pageOf: () => null }) : buildReport(of);
}

/** What was measured of what and when, whether it is simulated, and the numbers that matter. */
export function reportHeader(of: Reported): Display {
  const { title, lead, banners, chips, keyNumbers } = reportOf(of);
  return new Display(
    () =>
      html`
        <h2>${title}</h2>
        <p class="lead">${lead}</p>
        ${banners.map(({ kind, title, text }) =>
          html`<p class="banner ${kind}"><strong>${title}</strong> ${text}</p>`
        )}
        ${factList("chips", chips)}
        <dl class="key-numbers">
          ${keyNumbers.map(({ label, value, detail, failed }) =>
            html`
              <div>
                <dt>${label}</dt>
                <dd class="value${failed ? " failed" : ""}">${value}</dd>
                <dd class="detail">${detail}</dd>
              </div>
            `
          )}
        </dl>
      `,
    [
      title,
      lead,
      ...banners.map(({ title, text }) => `${title}: ${text}`),
      ...keyNumbers.map(({ label, value, detail }) => `${label}: ${value} (${detail})`),
    ].join("\n"),
  );
}

/**
 * A section of the report by its anchor: "scaling", "trust", "numbers", "rounds", "fairness", …
 *
 * @returns Where the report has no such section, what sections it has.
 */
export function reportSection(of: Reported, id: string, options: DrawingOptions = {}): Display {
  const { sections } = reportOf(of);
  const section = sections.find((section) => section.id === id);
  if (section === undefined) {
    const known = sections.map(({ id }) => id).join(", ");
    const why = `This report has no section "${id}"; it has ${known}.`;
    return new Display(() => html`<p>${why}</p>`, why);
  }
  return new Display(() => {
    const figures: AnyFigure[] = [];
    return fillFigures(renderSection({ ...section, folded: false }, figures), figures, options);
  }, section.title);
}
