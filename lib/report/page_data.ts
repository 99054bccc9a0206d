/**
 * What the page's own script reads.
 *
 * @module
 */
import type { AnyFigure, CellKey } from "../plots/mod.ts";
import type { DownloadFile } from "./downloads.ts";

/** The page's data block. */
export interface PageData {
  /** Cells a reader can choose between, least load first. */
  readonly cells: readonly CellKey[];
  readonly figures: readonly AnyFigure[];
  readonly downloads: readonly DownloadFile[];
}
