/**
 * What a server says of itself during a run, as an artifact keeps it.
 *
 * @module
 */

/** A metric of a `/metrics` page. */
export type TelemetryFamily = {
  /** As samples are named, without the suffix of a histogram's: "sglang:token_usage". */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram" | "summary" | "untyped";
  readonly help: string;
};

/** One line of an artifact's `telemetry.jsonl`. Instants are ms from the run's start. */
export type TelemetryLine =
  | {
    readonly kind: "source";
    readonly url: string;
    /** Whether a `/metrics` page was read, or a Prometheus server was asked. */
    readonly via: "page" | "prometheus";
    /** Time between two readings. */
    readonly intervalMs: number;
    readonly families: readonly TelemetryFamily[];
  }
  | {
    readonly kind: "sample";
    readonly cell: number;
    readonly atMs: number;
    /** By series: `sglang:token_usage{tp_rank="0"}`. A value that is no number, such as NaN, is left out. */
    readonly values: Readonly<Record<string, number>>;
  }
  | {
    /** The source could not be read. */
    readonly kind: "gap";
    readonly cell: number;
    readonly atMs: number;
    readonly message: string;
  };
