/**
 * What a metric is: a name, a definition, and a function of one request record.
 *
 * @module
 */
import type { RequestRecord, UnknownPart } from "../types.ts";
import type { Sample } from "./sample.ts";

/** What every metric says about itself; the report prints it. */
interface MetricText {
  /** Key in files: "ttft". */
  readonly name: string;
  /** For people: "TTFT". */
  readonly label: string;
  readonly unit: "ms";
  /** What is measured, in one or two sentences. */
  readonly definition: string;
  /** Which tools mean something else by the word. */
  readonly elsewhere: string;
}

/** One value per request, or none. */
export interface RequestMetric extends MetricText {
  readonly per: "request";
  /** @returns `undefined` where the metric does not apply: failed request, too few tokens. */
  ofRequest(record: RequestRecord): number | undefined;
}

/** Any number of values per request. */
export interface TokenMetric extends MetricText {
  readonly per: "token";
  ofTokens(record: RequestRecord): readonly number[];
}

/** A latency metric. Only successful requests have values, unless the definition says otherwise. */
export type Metric = RequestMetric | TokenMetric;

/** All values of a metric over some records, in the records' order. */
export function sampleMetric(metric: Metric, records: Iterable<RequestRecord>): number[] {
  const values: number[] = [];
  for (const record of records) {
    if (metric.per === "request") {
      const value = metric.ofRequest(record);
      if (value !== undefined) values.push(value);
    } else {
      for (const value of metric.ofTokens(record)) values.push(value);
    }
  }
  return values;
}

/** Adds all values of a metric for one record to a sample. */
export function addToSample(sample: Sample, metric: Metric, record: RequestRecord): void {
  if (metric.per === "request") {
    const value = metric.ofRequest(record);
    if (value !== undefined) sample.add(value);
  } else {
    for (const value of metric.ofTokens(record)) sample.add(value);
  }
}

/** The time between two instants, both whole µs, without the noise that a difference of binary fractions has. */
export function timeBetween(fromMs: number, toMs: number): number {
  return Math.round((toMs - fromMs) * 1000) / 1000;
}

/** Whether a part of the record is known: everything is, but for records that another tool wrote. */
export function knows(record: RequestRecord, part: UnknownPart): boolean {
  return record.unknown === undefined || !record.unknown.includes(part);
}

/** Whether the request got its whole answer. */
export function succeeded(record: RequestRecord): boolean {
  return record.outcome.kind === "ok";
}
