/**
 * benchbook measures LLM serving engines: it replays traces against anything that speaks the OpenAI API, records every
 * token's instant, and turns the record into numbers, figures and a page.
 *
 * ```ts
 * import { benchmarkBatch, processBenchmarkResults, startSimulatorWorker, toMiniSglang } from "./mod.ts";
 * import assert from "node:assert/strict";
 *
 * await using engine = await startSimulatorWorker({ fixed: { ttftMs: 20, itlMs: 5 } });
 * const prompts = ["Hello", "How are you?"].map((text) => ({ text, outputTokens: 8 }));
 * const records = await benchmarkBatch(prompts, { baseUrl: engine.baseUrl, model: "any" });
 *
 * assert.deepEqual(records.map((record) => record.ticsMs.length), [8, 8]);
 * assert.equal(processBenchmarkResults(toMiniSglang(records)).requests, 2);
 * ```
 *
 * @module
 */

// Types
export type * from "./lib/types.ts";
export { RunError, UsageError } from "./lib/errors.ts";

// Workload: what to ask, and when
export { openTrace, type OpenTraceOptions } from "./lib/sources/open_trace.ts";
export { loadQwen3Tokenizer, loadTokenizer } from "./lib/sources/tokenizer.ts";
export { readMooncakeTrace, readQwenTrace, type ReadTraceFileOptions } from "./lib/sources/trace_file.ts";
export { openDataset, readDatasetFile, type ReadDatasetFileOptions } from "./lib/sources/dataset_file.ts";
export {
  ChatHistory,
  type DatasetEntry,
  type DatasetRow,
  demoDataset,
  PrefixCounter,
  readDatasetRows,
} from "./lib/workload/datasets/mod.ts";
export { burstSchedule } from "./lib/schedule/burst.ts";
export { closedLoopSchedule } from "./lib/schedule/closed_loop.ts";
export { replaySchedule } from "./lib/schedule/replay.ts";
export { type BlockHits, countBlockHits } from "./lib/workload/prefix_reuse.ts";
export { generatePrompt, type GeneratePromptOptions } from "./lib/workload/random_prompt.ts";
export { buildRequests, type BuildRequestsOptions, type BuiltRequests } from "./lib/workload/requests.ts";
export { demoTrace, syntheticTrace, type SyntheticTraceOptions } from "./lib/workload/synthetic_trace.ts";
export type { Tokenizer } from "./lib/workload/tokenizer.ts";
export { offeredRequestsPerS, scaleTrace, sliceTrace, traceSpanMs } from "./lib/workload/trace.ts";

// Measuring
export {
  type ApiAddress,
  getModelName,
  listModels,
  newProgress,
  type Progress,
  type ServedModel,
} from "./lib/client/mod.ts";
export { type EngineProfile, engineProfiles, findEngine, planLaunch } from "./lib/engines/mod.ts";
export {
  benchmarkBatch,
  benchmarkOne,
  type BenchmarkOptions,
  benchmarkTrace,
  type Prompt,
} from "./lib/modes/benchmark.ts";
export { runSimpleBatches, type SimpleBatchesOptions } from "./lib/modes/simple_batches.ts";
export { runRounds, type RunRoundsOptions } from "./lib/modes/run_rounds.ts";
export { parseRecipe, type Recipe } from "./lib/modes/recipe_file.ts";
export { parseSloFile } from "./lib/modes/slo_file.ts";
export { QWEN_SCALES, replayTrace, type TraceReplayOptions } from "./lib/modes/trace_replay.ts";

// Comparisons of engines
export { readComparison } from "./lib/artifact/comparison_file.ts";
export { explainPair } from "./lib/report/comparison/explain.ts";
export {
  type CellSet,
  type ComparedRequest,
  type CompareOptions,
  compareRuns,
  type RatioEstimate,
  type RunComparison,
} from "./lib/metrics/compare/mod.ts";
export {
  type ComparisonResult,
  judgeStored,
  type PairResult,
} from "./lib/metrics/compare/judge_comparison.ts";
export { cellSetOf } from "./lib/metrics/compare/cell_set.ts";
export type { EngineChoice } from "./lib/modes/compare/engine_choice.ts";
export {
  type ComparisonOptions,
  type ComparisonWatcher,
  resumeComparison,
  runComparison,
} from "./lib/modes/compare/run_comparison.ts";

// Engines that are started here
export { parseEngineFile } from "./lib/engines/engine_file.ts";
export { type LaunchedEngine, launchEngine, type LaunchOptions } from "./lib/engines/launch/launch_engine.ts";

// The simulated engine
export type { SimulatorOptions } from "./lib/simulator/options.ts";
export { serveSimulator, type ServeSimulatorOptions, type SimulatedServer } from "./lib/simulator/server.ts";
export { type SimulatorWorker, startSimulatorWorker } from "./lib/simulator/worker.ts";

// Artifacts
export { readRun } from "./lib/artifact/read.ts";
export {
  type ListedRun,
  listRun,
  listRuns,
  type ReadableRun,
  type UnreadableRun,
} from "./lib/artifact/list_runs.ts";
export {
  formatMiniSglang,
  type MiniSglangResult,
  parseMiniSglang,
  toMiniSglang,
} from "./lib/artifact/interchange/mini_sglang.ts";

// Numbers
export {
  type CellSummary,
  concurrencySteps,
  describe,
  type Distribution,
  e2e,
  type Goodput,
  itl,
  measureGoodput,
  type Metric,
  metrics,
  missesSlo,
  quantileSorted,
  type RequestMetric,
  type RunSummary,
  sampleMetric,
  sendLag,
  type Slo,
  summarizeCell,
  summarizeRun,
  type TokenMetric,
  tpot,
  ttft,
  ttftFromSchedule,
  type Verdict,
} from "./lib/metrics/mod.ts";
export {
  type MiniSglangNumbers,
  printMiniSglang,
  processBenchmarkResults,
} from "./lib/metrics/dialects/mini_sglang.ts";

export { type DialectName, dialects, measureDialects, type ToolNumbers } from "./lib/metrics/dialects/mod.ts";
export { medianInterval } from "./lib/metrics/median_interval.ts";
export { pairRounds, type RoundComparison } from "./lib/metrics/paired_rounds.ts";
export { type HitRate, hitRates } from "./lib/metrics/hit_rates.ts";
export { summarizeTurns } from "./lib/metrics/turns.ts";
export { summarizeTelemetry } from "./lib/metrics/telemetry.ts";

// What servers say of themselves
export { openTelemetry, parseExposition } from "./lib/telemetry/mod.ts";

// Pages
export { publishReport } from "./lib/report/publish.ts";

// Notebooks: open, look, draw
export { type JudgedComparison, openComparison, openRun, runRows } from "./lib/notebook/open.ts";
export { Display, type Displayable, jupyterDisplay, type MediaBundle, show } from "./lib/notebook/display.ts";
export type { DrawingOptions } from "./lib/notebook/draw.ts";
export {
  engineFigures,
  FigureDisplay,
  figures,
  type PairOptions,
  planFigures,
} from "./lib/notebook/figures.ts";
export { Plot, plot, type PlotDisplayOptions } from "./lib/notebook/plot.ts";
export { reportHeader, reportSection } from "./lib/notebook/report_parts.ts";
export { cellRows, ratioRows, type RequestRow, requestRows } from "./lib/notebook/rows.ts";
export { table, type TableOptions, type TableRow } from "./lib/notebook/table.ts";
export { type CsvRow, readCsv, writeCsv } from "./lib/notebook/csv.ts";
export { largestLoadRows, planCapacity, type PlanOptions, planRows } from "./lib/notebook/plan_capacity.ts";
