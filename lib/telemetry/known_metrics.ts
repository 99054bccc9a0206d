/**
 * Metrics beside an engine's own that are worth recording, as data.
 *
 * @module
 */
import type { TelemetryFamily } from "../types.ts";
import { selectFamilies } from "./names.ts";

/** A program with metrics. */
interface KnownExporter {
  /** For people. */
  readonly label: string;
  /** How its families begin. */
  readonly prefix: string;
  /** What is worth recording. */
  readonly families: readonly string[];
}

/** Programs that are no engines. */
const exporters: readonly KnownExporter[] = [
  {
    label: "LMCache",
    prefix: "lmcache:",
    families: [
      ...["lmcache:num_lookup_tokens", "lmcache:num_lookup_hits", "lmcache:num_hit_tokens"],
      ...["lmcache:local_cache_usage", "lmcache:time_to_retrieve", "lmcache:time_to_store"],
    ],
  },
  {
    label: "DCGM exporter",
    prefix: "DCGM_FI_",
    families: [
      ...["DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_DEV_FB_USED", "DCGM_FI_DEV_POWER_USAGE", "DCGM_FI_DEV_GPU_TEMP"],
      ...["DCGM_FI_DEV_SM_CLOCK", "DCGM_FI_PROF_SM_ACTIVE", "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE"],
      ...["DCGM_FI_PROF_DRAM_ACTIVE", "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"],
    ],
  },
];

/** A program whose metrics were recognised. */
export interface Suggestion {
  readonly label: string;
  /** What is there of what is worth recording; all of its families where none of that is. */
  readonly families: readonly string[];
}

/**
 * Recognises whose metrics these are and says which are worth recording.
 *
 * @param engines Engines by their metrics; a family's name up to the colon tells whose it is.
 */
export function suggestFamilies(
  families: readonly TelemetryFamily[],
  engines: readonly { readonly label: string; readonly families: readonly string[] }[],
): Suggestion[] {
  const prefixed = engines.flatMap(({ label, families }) => {
    const prefix = families[0]?.match(/^[^:]+:/)?.[0];
    return prefix === undefined ? [] : [{ label, prefix, families }];
  });
  return [...prefixed, ...exporters].flatMap(({ label, prefix, families: worthy }) => {
    const own = families.filter(({ name }) => name.startsWith(prefix));
    if (own.length === 0) return [];
    const found = selectFamilies(own, worthy).families;
    return [{ label, families: (found.length > 0 ? found : own).map(({ name }) => name) }];
  });
}
