/**
 * The columns of the list of reports: what stands in them, and what they are sorted by.
 *
 * @module
 */
import { formatCount, formatMs, formatNumber, MISSING } from "../../plots/mod.ts";
import type { IndexEntry } from "./entry.ts";

/** A column. */
export interface IndexColumn {
  /** In addresses: "ttftP99". */
  readonly key: string;
  readonly label: string;
  readonly numeric: boolean;
  /** What the first click sorts: newest and largest first, names from A. */
  readonly first: "ascending" | "descending";
  /** What it is sorted by; `null` comes last either way. */
  sortBy(entry: IndexEntry): string | number | null;
  /** Its text; the columns with more than that are rendered on their own. */
  text(entry: IndexEntry): string;
}

/** In their order. */
export const indexColumns: readonly IndexColumn[] = [
  {
    ...{ key: "date", label: "Date, UTC", numeric: false, first: "descending" },
    sortBy: ({ startedAt }) => startedAt,
    text: ({ startedAt }) => `${startedAt.slice(0, 10)} ${startedAt.slice(11, 16)}`,
  },
  {
    ...{ key: "title", label: "Report", numeric: false, first: "ascending" },
    sortBy: ({ title }) => title.toLowerCase(),
    text: ({ title }) => title,
  },
  {
    ...{ key: "engine", label: "Engine", numeric: false, first: "ascending" },
    sortBy: ({ engines }) => engines.join(", ").toLowerCase(),
    text: ({ engines }) => engines.join(", "),
  },
  {
    ...{ key: "model", label: "Model", numeric: false, first: "ascending" },
    sortBy: ({ model }) => model?.toLowerCase() ?? null,
    text: ({ model }) => model ?? MISSING,
  },
  {
    ...{ key: "gpu", label: "GPU", numeric: false, first: "ascending" },
    sortBy: ({ gpu, simulated }) => simulated ? `~ simulated ${gpu ?? ""}` : gpu?.toLowerCase() ?? null,
    text: ({ gpu }) => gpu ?? MISSING,
  },
  {
    ...{ key: "requests", label: "Requests", numeric: true, first: "descending" },
    sortBy: ({ requests }) => requests,
    text: ({ requests }) => formatCount(requests),
  },
  {
    ...{ key: "ttftP50", label: "TTFT p50", numeric: true, first: "ascending" },
    sortBy: ({ ttftP50Ms }) => ttftP50Ms,
    text: ({ ttftP50Ms }) => formatMs(ttftP50Ms),
  },
  {
    ...{ key: "ttftP99", label: "TTFT p99", numeric: true, first: "ascending" },
    sortBy: ({ ttftP99Ms }) => ttftP99Ms,
    text: ({ ttftP99Ms }) => formatMs(ttftP99Ms),
  },
  {
    ...{ key: "tokens", label: "Output tokens/s", numeric: true, first: "descending" },
    sortBy: ({ outputTokensPerS }) => outputTokensPerS,
    text: ({ outputTokensPerS }) => formatNumber(outputTokensPerS),
  },
  {
    ...{ key: "valid", label: "Validity", numeric: false, first: "ascending" },
    sortBy: ({ valid }) => valid ? "valid" : "not valid",
    text: ({ valid }) => valid ? "valid" : "not valid",
  },
];

/** A comparison says that it is one, and what was asked. */
export function nameMode({ kind, mode }: IndexEntry): string {
  return kind === "comparison" ? `comparison, ${mode}` : mode;
}
