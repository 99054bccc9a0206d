/**
 * What is known about an engine, as data. To add one: write its file, add it to the list in `mod.ts`.
 *
 * @module
 */
import type { WireQuirks } from "../client/protocols/protocol.ts";

/** An engine as the client must know it. */
export interface EngineProfile {
  /** As in `--engine`. */
  readonly name: string;
  /** For people. */
  readonly label: string;
  /** Values of `owned_by` in `/v1/models` by which a running server is recognised. */
  readonly ownedBy: readonly string[];
  /** Whether no GPU computes what it answers, so that its times are those of a model. */
  readonly simulated: boolean;
  readonly quirks: WireQuirks;
}
