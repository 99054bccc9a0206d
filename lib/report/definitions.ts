/**
 * What the words on the page mean, here and elsewhere.
 *
 * @module
 */
import { FAILURE_LIMIT_RATIO, metrics, MIN_COUNT_FOR_P99 } from "../metrics/mod.ts";
import type { Cell } from "../types.ts";
import type { Row, Section } from "./blocks.ts";

const otherTerms: readonly Row[] = [
  {
    values: [
      "Percentile",
      `Linear interpolation between the two nearest values. p99 is left out below ${MIN_COUNT_FOR_P99} values.`,
      "mini-sglang takes the value at the floor of the index.",
    ],
  },
  {
    values: [
      "Tokens",
      "Per request the server's usage, else its counts per chunk, else chunks as one token each; the table above says which.",
      "Many tools always count chunks.",
    ],
  },
  {
    values: [
      "Offered requests/s",
      "Of n requests, (n − 1) divided by the time from the first arrival to the last.",
      "Some tools print the rate that was configured.",
    ],
  },
  {
    values: [
      "Completed requests/s, tokens/s",
      "Of successful requests, divided by the time from the first request sent to the last token received.",
      "Some tools divide by the time to the last request sent.",
    ],
  },
  {
    values: [
      "Mean in flight",
      "Requests sent and not ended, averaged over that same time; failed ones count while they last.",
      "Some tools print the configured concurrency.",
    ],
  },
  {
    values: [
      "Failed request",
      `Recorded with its reason and left out of every latency; never counted as 0. Above ${
        100 * FAILURE_LIMIT_RATIO
      } % of them a cell is not valid.`,
      "vLLM and SGLang write a TTFT of 0.",
    ],
  },
];

const scaleTerm: Row = {
  values: [
    "Scale",
    "Multiplies the intervals of the trace: 0.4 is faster than recorded.",
    "trace-replayer and evalscope divide by it.",
  ],
};

/** Makes the section from the metrics' own definitions. */
export function definitionsSection(cells: readonly Pick<Cell, "parameters">[]): Section {
  const scaled = cells.some(({ parameters }) => parameters.scale !== undefined);
  return {
    id: "definitions",
    title: "What the words mean",
    blocks: [{
      kind: "table",
      caption: "Definitions",
      columns: [
        { label: "Word", numeric: false },
        { label: "Here", numeric: false },
        { label: "Elsewhere", numeric: false },
      ],
      rows: [
        ...metrics.map(({ label, definition, elsewhere }) => ({ values: [label, definition, elsewhere] })),
        ...otherTerms,
        ...(scaled ? [scaleTerm] : []),
      ],
    }],
  };
}
