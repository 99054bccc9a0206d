/**
 * Where a run comes from that another tool measured.
 *
 * @module
 */

/** Where a run comes from that another tool measured. */
export interface ImportSource {
  /** Name of the form: "vllm". */
  readonly form: string;
  /** The tool, and the flags that make it write such files. */
  readonly tool: string;
  readonly benchbook: string;
  /** ISO 8601, UTC. */
  readonly importedAt: string;
  readonly files: readonly {
    readonly path: string;
    readonly sizeBytes: number;
    readonly sha256: string;
  }[];
  /** What the files do not tell and the numbers that are missing for it, for people. */
  readonly missing: readonly string[];
}
