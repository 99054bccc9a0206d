/**
 * What stands behind a comparison: method, engines, how to do it again.
 *
 * @module
 */
import { NEGLIGIBLE, NEGLIGIBLE_RATE } from "../../metrics/compare/mod.ts";
import type { Comparison } from "../../metrics/compare/group_comparison.ts";
import { formatCount, MISSING } from "../../plots/mod.ts";
import type { Block, Section } from "../blocks.ts";
import { quoteForShell } from "../provenance.ts";

/** How intervals and words are made. */
export function methodSection({ manifest: { declared, engines, repeats, seed } }: Comparison): Section {
  const pairs = engines.length - 1;
  return {
    id: "method",
    title: "How sure it is, and why",
    blocks: [{
      kind: "list",
      title: "Method",
      items: [
        `${
          engines[0]?.kind === "measured"
            ? "The runs were measured before; what is compared was not chosen by them"
            : "Declared before anything was measured"
        }: ${declared.metrics.join(", ")}; ${declared.statistics.join(", ")}; ${
          formatCount(declared.resamples)
        } resamples, confidence ${declared.confidence}, seed ${seed}.`,
        "A ratio is one engine's value by the first one's, of the same requests in the same repeat; the estimate is the geometric mean over repeats, and over loads where it says so.",
        "Requests of a run wait for each other and are not independent, so blocks of requests in the order of sending are drawn, the same on both engines; their length follows from the correlation in the data.",
        repeats > 1
          ? `The ${repeats} repeats are drawn too, as pairs: how much a run differs from the next of the same engine is in the intervals.`
          : "There is one repeat: how much a run differs from the next of the same engine is not in the intervals.",
        "Intervals are bootstrap intervals with Student's t, bias-corrected (BCa) for means and shares. A rate such as tokens/s is one number of a run; its interval is Student's over repeats. A word such as “slower” follows from the corrected interval alone: Holm's correction over all ratios of a table, so that the chance of any false difference among them is at most 1 − confidence.",
        `A ratio within ${
          100 * NEGLIGIBLE
        } % of 1 is called no difference, however sure it is: instants are whole microseconds. Of rates it is ${
          100 * NEGLIGIBLE_RATE
        } %: under a schedule they follow what is offered, and only the last request's end differs.`,
        ...(pairs > 1 ? [`The confidence is shared among ${pairs} pairs of engines (Bonferroni).`] : []),
        "“No difference shown” does not mean that there is none: beside it stands what would have been shown.",
      ],
    }],
  };
}

/** Engines, launch commands, runs. */
export function enginesSection({ manifest: { engines, steps } }: Comparison): Section {
  return {
    id: "engines",
    title: "The engines, and how they were started",
    blocks: [
      ...engines.flatMap(({ name, kind, info, launchCommand, options }): Block[] => [
        {
          kind: "facts",
          title: name,
          facts: [
            { label: "What", value: info?.description ?? "never asked" },
            {
              label: "Kind",
              value: {
                simulated: "simulated by benchbook",
                server: "already running",
                launched: "started by benchbook",
                measured: "measured before, by runs of its own",
              }[kind],
            },
            ...(info?.version === undefined ? [] : [{ label: "Version", value: info.version }]),
            ...(info === null ? [] : [{ label: "Address", value: info.baseUrl }]),
          ],
        },
        ...(launchCommand === null ? [] : [{
          kind: "code" as const,
          title: `Launch command of ${name}`,
          text: launchCommand.map(quoteForShell).join(" "),
          folded: false,
        }]),
        {
          kind: "code",
          title: `Everything known about ${name}`,
          text: JSON.stringify({ options, details: info?.details ?? null }, null, 2),
          folded: true,
        },
      ]),
      {
        kind: "table",
        caption: "Runs, in the order of asking",
        columns: ["Engine", "Repeat", "Status", "Run"].map((label) => ({ label, numeric: false })),
        rows: steps.map(({ engine, repeat, status, runs, error }) => ({
          values: [
            engines[engine]?.name ?? "",
            String(repeat),
            error === undefined ? status : `${status}: ${error}`,
            runs.join(", ") || MISSING,
          ],
          failed: status === "failed",
        })),
      },
    ],
  };
}

/** The command, and where everything recorded is. */
export function reproduceSection({ manifest: { command, comparisonId } }: Comparison): Section {
  return {
    id: "reproduce",
    title: "Do it again",
    blocks: [
      { kind: "code", title: "Command", text: command.map(quoteForShell).join(" "), folded: false },
      {
        kind: "downloads",
        note:
          `Every token's instant is in the folder ${comparisonId}, a run per engine and repeat, each readable by deno task report.`,
      },
    ],
  };
}
