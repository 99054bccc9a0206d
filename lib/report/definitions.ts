/**
 * What the words on the page mean, here and elsewhere.
 *
 * @module
 */
import { FAILURE_LIMIT_RATIO, metrics, MIN_COUNT_FOR_P99, sloOf } from "../metrics/mod.ts";
import type { Cell, RunManifest } from "../types.ts";
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

const roundTerms: readonly Row[] = [
  {
    values: [
      "Difference between rounds",
      "Of the same request: its latency in the later round − in round 1. The interval is that of the median, from order statistics, at least 95 %; it assumes no distribution.",
      "Other tools compare the averages of two rounds.",
    ],
  },
  {
    values: [
      "Hit rate",
      "Prompt tokens found in the prefix cache / prompt tokens. Theoretical: an unlimited cache asked the same prompts one after the other; usage: the server's count per answer; /metrics: its counters over the cell.",
      "vLLM's and SGLang's own rates are over other windows.",
    ],
  },
];

const goodputTerm: Row = {
  values: [
    "Goodput",
    "Requests (and their output tokens) that keep every limit on requests, per second; shares are given of offered, completed and successful requests.",
    "vLLM and fluxperf give the share of successful ones.",
  ],
};

/** What of a run decides which words are on its page. */
type DefinedRun = Pick<RunManifest, "options"> & { readonly cells: readonly Pick<Cell, "parameters">[] };

/** Makes the section from the metrics' own definitions. */
export function definitionsSection({ cells, options }: DefinedRun): Section {
  const varies = (name: string) => cells.some(({ parameters }) => parameters[name] !== undefined);
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
        ...(varies("scale") ? [scaleTerm] : []),
        ...(varies("round") ? roundTerms : []),
        ...(sloOf({ options }).limits.length > 0 ? [goodputTerm] : []),
      ],
    }],
  };
}
