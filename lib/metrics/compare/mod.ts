/**
 * The statistics of a comparison: pure, seeded, from requests to words.
 *
 * @module
 */
export { type CellSet, type ComparedCell, comparedRequests, type PointDetails } from "./align.ts";
export {
  type ComparedMetric,
  comparedMetrics,
  type ComparedRequest,
  type ComparedStatistic,
  type LatencyStatistic,
  latencyStatistics,
} from "./compared_metrics.ts";
export {
  type CellComparison,
  type CompareOptions,
  compareRuns,
  type RunComparison,
  type ShiftRow,
} from "./compare_runs.ts";
export { cliffsDelta } from "./cliffs_delta.ts";
export type { RatioEstimate, RatioRow } from "./judge_ratios.ts";
export { type MannWhitney, mannWhitney } from "./mann_whitney.ts";
export { type ComparisonWord, type DifferenceWord, NEGLIGIBLE, NEGLIGIBLE_RATE } from "./verdict_words.ts";
