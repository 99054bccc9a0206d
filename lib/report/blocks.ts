/**
 * What a page is made of: plain data, so that content can be tested without HTML.
 *
 * @module
 */
import type { AnyFigure, CellKey, ChosenMetric } from "../plots/mod.ts";

/** A name and what it stands for. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** A column of a {@linkcode Table}. */
export interface Column {
  readonly label: string;
  /** Numbers are set flush right. */
  readonly numeric: boolean;
}

/** A row; the first value is its head. */
export interface Row {
  readonly values: readonly string[];
  /** Colours the head like the cell it is about: place from least (0) to most (1) load. */
  readonly level?: number;
  /** What that colour stands for. @default {"load"} */
  readonly tone?: CellKey["tone"];
  /** Where the head leads. */
  readonly href?: string;
  /** Whether the row tells of failures. */
  readonly failed?: boolean;
}

/** A table with a caption. */
export interface Table {
  readonly kind: "table";
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** A piece of a section. */
export type Block =
  | { readonly kind: "text"; readonly text: string }
  | {
    readonly kind: "verdict";
    readonly valid: boolean;
    readonly title: string;
    readonly text: string;
    readonly reasons: readonly string[];
  }
  | {
    readonly kind: "figure";
    readonly figure: AnyFigure;
    readonly width: "full" | "half";
    /** Shown only while the reader looks at this metric. */
    readonly onlyFor?: ChosenMetric;
  }
  | Table
  | { readonly kind: "facts"; readonly title: string; readonly facts: readonly Fact[] }
  | { readonly kind: "list"; readonly title: string; readonly items: readonly string[] }
  | { readonly kind: "code"; readonly title: string; readonly text: string; readonly folded: boolean }
  | { readonly kind: "downloads"; readonly note: string };

/** A part of the page with a heading. */
export interface Section {
  /** Anchor. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  /** Whether only the heading is seen until a reader opens it. @default {false} */
  readonly folded?: boolean;
}

/** A number that matters, large, with its course over the cells. */
export interface KeyNumber {
  readonly label: string;
  readonly value: string;
  readonly detail: string;
  /** True where the number counts failures. */
  readonly failed: boolean;
  readonly sparkline: AnyFigure | null;
}
