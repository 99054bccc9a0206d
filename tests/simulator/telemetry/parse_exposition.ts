/**
 * A strict reader of Prometheus' text format 0.0.4, for tests: it accepts what is written here and nothing sloppier.
 */

/** One line with a value. */
export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric with its series. */
export interface ParsedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly ParsedSample[];
}

const unescape = (text: string) =>
  text.replaceAll(/\\(.)/g, (_, char: string) => {
    if (char === "n") return "\n";
    if (char === "\\" || char === '"') return char;
    throw new SyntaxError(`unknown escape \\${char}`);
  });

function parseNumber(text: string): number {
  if (text === "+Inf") return Infinity;
  if (!/^-?\d+(\.\d+)?(e[+-]\d+)?$/.test(text)) throw new SyntaxError(`not a number: ${text}`);
  return Number(text);
}

function parseSample(line: string): ParsedSample {
  const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (!match) throw new SyntaxError(`not a sample: ${line}`);
  const [, name = "", inBraces = "", value = ""] = match;
  const labels: Record<string, string> = {};
  let rest = inBraces;
  while (rest !== "") {
    const label = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,(?=.)|$)/.exec(rest);
    if (!label) throw new SyntaxError(`not a label: ${rest}`);
    const [whole, key = "", text = ""] = label;
    if (key in labels) throw new SyntaxError(`label twice: ${line}`);
    labels[key] = unescape(text);
    rest = rest.slice(whole.length);
  }
  return { name, labels, value: parseNumber(value) };
}

function suffixesOf(type: string): readonly string[] {
  return type === "histogram" ? ["_bucket", "_count", "_sum"] : [""];
}

/** Per series: bounds ascend to +Inf, counts do not fall, and the last one is the count. */
function checkHistogram({ name, samples }: ParsedFamily): void {
  const seriesKey = ({ le: _, ...labels }: Readonly<Record<string, string>>) => JSON.stringify(labels);
  const groups = Map.groupBy(samples, ({ labels }) => seriesKey(labels));
  for (const group of groups.values()) {
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => parseNumber(labels.le ?? ""));
    const counts = buckets.map(({ value }) => value);
    const ascends = bounds.every((bound, i) => i === 0 || bound > (bounds[i - 1] ?? Infinity));
    const grows = counts.every((count, i) => i === 0 || count >= (counts[i - 1] ?? Infinity));
    if (!ascends || !grows || bounds.at(-1) !== Infinity) throw new SyntaxError(`bad buckets: ${name}`);
    const of = (suffix: string) => group.filter((sample) => sample.name === `${name}${suffix}`);
    if (of("_count").length !== 1 || of("_sum").length !== 1) {
      throw new SyntaxError(`no count or sum: ${name}`);
    }
    if (of("_count")[0]?.value !== counts.at(-1)) {
      throw new SyntaxError(`count is not the last bucket: ${name}`);
    }
  }
}

/**
 * Reads a whole text.
 *
 * @throws {SyntaxError} For anything out of form, a sample without its family above it, or a series given twice.
 */
export function parseExposition(text: string): Map<string, ParsedFamily> {
  if (!text.endsWith("\n")) throw new SyntaxError("the last line does not end");
  const families = new Map<string, ParsedFamily & { readonly samples: ParsedSample[] }>();
  const seen = new Set<string>();
  const lines = text.slice(0, -1).split("\n");
  for (let i = 0; i < lines.length;) {
    const [, name = "", help = ""] = /^# HELP (\S+) (.+)$/.exec(lines[i++] ?? "") ?? [];
    const [, typed = "", type = ""] = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(lines[i++] ?? "") ?? [];
    if (name === "" || typed !== name || families.has(name)) {
      throw new SyntaxError(`line ${i}: not a new family`);
    }
    if (type === "counter" && !name.endsWith("_total")) {
      throw new SyntaxError(`counter without _total: ${name}`);
    }
    const family = { name, help: unescape(help), type, samples: [] as ParsedSample[] };
    for (; i < lines.length && !lines[i]?.startsWith("#"); i++) {
      const sample = parseSample(lines[i] ?? "");
      const known = suffixesOf(type).some((suffix) => sample.name === `${name}${suffix}`);
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
      if (!known || seen.has(key)) throw new SyntaxError(`line ${i + 1}: ${lines[i]}`);
      seen.add(key);
      family.samples.push(sample);
    }
    if (family.samples.length === 0) throw new SyntaxError(`no samples: ${name}`);
    if (type === "histogram") checkHistogram(family);
    families.set(name, family);
  }
  return families;
}

/** Looks a value up; `null` when there is none. */
export function valueOf(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | null {
  const found = [...parseExposition(text).values()]
    .flatMap(({ samples }) => samples)
    .filter((one) => one.name === name)
    .filter((one) => Object.entries(labels).every(([key, value]) => one.labels[key] === value));
  if (found.length > 1) throw new RangeError(`${name} has ${found.length} series: give more labels`);
  return found[0]?.value ?? null;
}
