/**
 * Metrics and the samples that belong to them.
 *
 * @module
 */
import type { TelemetryFamily } from "../types.ts";

/** What is said of metrics, by name. A type is `null` where only a help text came. */
export type Declarations = Map<string, { readonly type: string | null; readonly help: string }>;

/** A sample as far as its family can be told from it. */
interface NamedSample {
  readonly name: string;
  readonly labels: { readonly le?: string };
}

const types: Readonly<Record<string, TelemetryFamily["type"]>> = {
  counter: "counter",
  gauge: "gauge",
  histogram: "histogram",
  summary: "summary",
  info: "gauge",
  stateset: "gauge",
};

/** What a histogram's and a summary's samples add to its name. */
const PARTS = ["_bucket", "_sum", "_count"];

/**
 * The families that samples belong to, in the order in which they come.
 *
 * A family is named as its samples are, without the suffix of a histogram's: OpenMetrics declares the counter `requests`
 * and samples `requests_total`, and so it is called here.
 */
export function familiesOf(
  declared: Readonly<Declarations>,
  samples: Iterable<NamedSample>,
): TelemetryFamily[] {
  const families = new Map<string, TelemetryFamily>();
  const known = new Map<string, string>();
  const bucketed = new Set<string>();
  const list = [...samples];
  for (const { name, labels } of list) {
    if (name.endsWith("_bucket") && labels.le !== undefined) {
      bucketed.add(name.slice(0, -"_bucket".length));
    }
  }
  for (const { name } of list) {
    if (known.has(name)) continue;
    const family = familyOf(name, declared, bucketed);
    known.set(name, family.name);
    if (!families.has(family.name)) families.set(family.name, family);
  }
  return [...families.values()];
}

function familyOf(
  name: string,
  declared: Readonly<Declarations>,
  bucketed: ReadonlySet<string>,
): TelemetryFamily {
  const base = baseOf(name);
  if (base !== null) {
    const said = declared.get(base);
    const isHistogram = said?.type === "histogram" || (!said?.type && bucketed.has(base));
    if (isHistogram) return { name: base, type: "histogram", help: said?.help ?? "" };
    if (said?.type === "summary") return { name: base, type: "summary", help: said.help };
  }
  const said = declared.get(name);
  if (said?.type) return { name, type: types[said.type] ?? "untyped", help: said.help };
  const [, bare] = /^(.+)_(?:total|info)$/.exec(name) ?? [];
  const owner = bare === undefined ? undefined : declared.get(bare);
  const help = said?.help ?? owner?.help ?? "";
  if (name.endsWith("_total") && (!owner?.type || owner.type === "counter")) {
    return { name, type: "counter", help };
  }
  return { name, type: name.endsWith("_info") && owner?.type === "info" ? "gauge" : "untyped", help };
}

/** The name without the suffix of a histogram's or summary's part; `null` where it has none. */
function baseOf(name: string): string | null {
  const part = PARTS.find((suffix) => name.endsWith(suffix));
  return part === undefined ? null : name.slice(0, -part.length);
}

/** The names that a family's samples can have. */
export function sampleNamesOf({ name, type }: TelemetryFamily): readonly string[] {
  if (type === "histogram") return PARTS.map((suffix) => name + suffix);
  return type === "summary" ? [name, `${name}_sum`, `${name}_count`] : [name];
}
