/**
 * Datasets: what conversations say, where traces know only how long they were.
 *
 * @module
 */
export {
  type BadRow,
  type DatasetEntry,
  type DatasetFormName,
  type DatasetRow,
  promptTurns,
} from "./dataset.ts";
export { ChatHistory, type ChatHistoryOptions, type HistoryPrompt } from "./chat_history.ts";
export { demoDataset } from "./demo_dataset.ts";
export { type DatasetForm, datasetForms } from "./forms.ts";
export { askableTurns, cutPrompt, type Encode, promptTokens, templateTokens } from "./prompt_tokens.ts";
export { readDatasetRows } from "./read_dataset.ts";
export {
  DuplicateFinder,
  PrefixCounter,
  type PrefixCounterOptions,
  type TurnTokens,
} from "./shared_prefixes.ts";
export type { SplitRowsOptions } from "./split_rows.ts";
