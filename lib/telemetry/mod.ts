/**
 * What a server says of itself: finding its metrics, choosing among them, recording them while cells run.
 *
 * @module
 */
export { type Exposition, type ExpositionSample, parseExposition } from "./exposition.ts";
export { sampleNamesOf } from "./families.ts";
export { suggestFamilies } from "./known_metrics.ts";
export { describeMissing, nearestNames, selectFamilies, type Selection } from "./names.ts";
export type { PageReading, PageSource } from "./page.ts";
export type { PrometheusSource } from "./prometheus.ts";
export type { ReadOptions } from "./read.ts";
export { makeRecorder, type RecorderOptions, type TelemetryRecorder } from "./recorder.ts";
export { openTelemetry, type TelemetrySource } from "./source.ts";
export { readValues, type SeriesValue } from "./values.ts";
