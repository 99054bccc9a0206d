/**
 * Records of other tools do not know everything: what cannot be computed from them is not made up.
 *
 * @module
 */
import type { UnknownPart } from "../../types.ts";
import type { DialectCollector, DialectRow } from "./dialect.ts";
import { PEAK_TOKENS } from "./per_second.ts";

const why: Readonly<Record<UnknownPart, string>> = {
  schedule: "when requests were to be sent",
  clock: "when requests were sent",
  gaps: "when the tokens between the first and the last came",
  last: "when the last tokens came",
};

/** Leaves out the numbers that need what a record does not know. */
export function withholdUnknown(collector: DialectCollector): DialectCollector {
  const unknown = new Set<UnknownPart>();
  return {
    add(record) {
      for (const part of record.unknown ?? []) unknown.add(part);
      collector.add(record);
    },
    rows() {
      const rows = collector.rows();
      return unknown.size === 0 ? rows : rows.map((row) => {
        const missing = needsOf(row).find((part) => unknown.has(part));
        if (missing === undefined) return row;
        return { ...row, value: null, printed: null, differs: `The file does not tell ${why[missing]}.` };
      });
    },
  };
}

function needsOf({ name, unit, ours }: DialectRow): UnknownPart[] {
  const isOverTime = unit === "requests/s" || unit === "tokens/s" || ours === "durationS" ||
    ours === "meanConcurrency" || ours === "peakInFlight";
  if (isOverTime) return name === PEAK_TOKENS ? ["clock", "last", "gaps"] : ["clock", "last"];
  if (ours?.startsWith("itl.") === true) return ["gaps"];
  const isToTheLast = ours?.startsWith("tpot.") === true || ours?.startsWith("e2e.") === true ||
    (ours === null && (unit === "ms" || unit === "tokens/s/user"));
  return isToTheLast ? ["last"] : [];
}
