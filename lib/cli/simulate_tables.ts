/**
 * A grid of engine options as tables for a terminal.
 *
 * @module
 */
import {
  type Configuration,
  describeLargestLoad,
  largestLoad,
  type LoadPoint,
  type WhatIf,
} from "../metrics/what_if.ts";
import { formatNumber, formatShare, MISSING } from "../plots/format.ts";
import { newTable } from "./tables.ts";

/** One row per configuration and load, least load first. */
export function gridTable({ configurations, slo }: Pick<WhatIf, "configurations" | "slo">): string {
  const table = newTable([
    ...["", "scale", "offered\nreq/s", "done\nreq/s", "output\ntok/s", "\nper GPU"],
    ...["TTFT ms\np50", "\np99", "TPOT ms\np50", "\np99", "cached", "valid"],
    ...(slo.length === 0 ? [] : ["SLO met"]),
  ]);
  for (const { label, outcome } of configurations) {
    if (outcome.kind === "impossible") {
      table.push([label, { colSpan: slo.length === 0 ? 11 : 12, content: "not possible", hAlign: "left" }]);
      continue;
    }
    for (const point of outcome.points) {
      const { ttft, tpot } = point.latencies;
      table.push([
        ...[label, String(point.scale)],
        ...[point.offeredRequestsPerS, point.requestsPerS].map(formatNumber),
        ...[point.outputTokensPerS, point.outputTokensPerSPerGpu].map(formatNumber),
        ...[ttft?.p50Ms, ttft?.p99Ms, tpot?.p50Ms, tpot?.p99Ms].map(formatNumber),
        point.cachedShare === null ? MISSING : formatShare(point.cachedShare),
        point.valid ? "yes" : "NO",
        ...(slo.length === 0 ? [] : [sayMet(point)]),
      ]);
    }
  }
  return table.toString();
}

function sayMet({ slo: { met } }: LoadPoint): string {
  return met === null ? MISSING : met ? "yes" : "no";
}

/** Per configuration the largest load that meets the objective, a line each. */
export function describeLoads({ configurations }: Pick<WhatIf, "configurations">): string[] {
  return configurations.map((configuration) => `${configuration.label}: ${describeLoadOf(configuration)}`);
}

function describeLoadOf({ outcome }: Configuration): string {
  if (outcome.kind === "impossible") return "not possible";
  const load = largestLoad(outcome.points);
  if (load.kind !== "found") return describeLargestLoad(load);
  const { scale, offeredRequestsPerS } = load.point;
  return `${formatNumber(offeredRequestsPerS)} req/s (scale ${scale}); ${describeLargestLoad(load)}`;
}
