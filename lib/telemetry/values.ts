/**
 * What metrics say at this moment, for people.
 *
 * @module
 */
import type { TelemetryFamily } from "../types.ts";
import { sampleNamesOf } from "./families.ts";
import type { PageReading } from "./page.ts";
import type { TelemetrySource } from "./source.ts";

/** A series with its present value. */
export interface SeriesValue {
  readonly series: string;
  /** Of the sample. */
  readonly name: string;
  readonly value: number;
}

/**
 * Reads families once.
 *
 * @returns Series by family; a family that could not be read is not among them.
 */
export async function readValues(
  source: TelemetrySource,
  families: readonly TelemetryFamily[],
): Promise<ReadonlyMap<string, readonly SeriesValue[]>> {
  const found = new Map<string, readonly SeriesValue[]>();
  if (source.kind === "page") {
    const reading = await new Promise<PageReading>((resolve) => source.read(resolve));
    if (reading.kind === "failed") return found;
    for (const family of families) {
      const names = sampleNamesOf(family);
      found.set(family.name, reading.samples.filter(({ name }) => names.includes(name)));
    }
    return found;
  }
  for (const family of families) {
    const reading = await source.readNow(family);
    if (reading.kind === "failed") continue;
    found.set(
      family.name,
      reading.series.flatMap(({ series, name, values }) =>
        values.slice(-1).map(({ value }) => ({ series, name, value }))
      ),
    );
  }
  return found;
}
