/**
 * The metrics that a user asked for, among those that are recorded.
 *
 * @module
 */
import { parseSeries, recordedFamilies } from "../metrics/telemetry_series.ts";
import { sampleNamesOf, selectFamilies } from "../telemetry/mod.ts";
import type { TelemetryLine } from "../types.ts";

/** Lines of telemetry with the families that are named, as `--prometheus-metrics` takes names. */
export function pickFamilies(
  telemetry: readonly TelemetryLine[],
  names: readonly string[],
): readonly TelemetryLine[] {
  const families = selectFamilies(recordedFamilies(telemetry), names).families;
  const wanted = new Set(families.flatMap(sampleNamesOf));
  return telemetry.map((line) =>
    line.kind !== "sample" ? line : {
      ...line,
      values: Object.fromEntries(
        Object.entries(line.values).filter(([series]) => wanted.has(parseSeries(series).name)),
      ),
    }
  );
}
