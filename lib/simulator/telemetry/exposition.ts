/**
 * Counters, gauges and histograms with labels, written in Prometheus' text format, version 0.0.4.
 *
 * Not prom-client: it writes asynchronously while the in-process transport answers synchronously, and one observation of
 * its histogram takes 300 ns where this one takes 12, which counts with one observation per token. What is left to do is
 * to escape and to join.
 *
 * Numbers, order of labels and the suffix `_total` are as Python's prometheus_client writes them, because dashboards
 * match `le="1.0"` as text. There are no `_created` series: vLLM switches them off, and SGLang's multiprocess mode never
 * has them.
 *
 * Format: https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md
 *
 * @module
 */

/** The `content-type` of the text. */
export const EXPOSITION_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Values of labels by name. */
export type Labels = Readonly<Record<string, string>>;

/** What a metric is called and means. */
export interface MetricOptions {
  /** Letters, digits, `_` and `:`. That of a counter may end in `_total`; it is written with it in any case. */
  readonly name: string;
  /** For people: one sentence. */
  readonly help: string;
}

/** Only grows. */
export interface Counter {
  /** Adds `amount`, ≥ 0. */
  add(amount: number): void;
}

/** Goes up and down. */
export interface Gauge {
  /** `null` takes it out of the text until it is known again. */
  set(value: number | null): void;
}

/** Counts values by size. */
export interface Histogram {
  /** Counts a finite value in the first bucket whose bound is not less. */
  observe(value: number): void;
}

/** A metric: one series for each combination of label values. */
export interface Family<Series> {
  /** The series with these labels, always the same one; it is in the text from now on. */
  series(labels: Labels): Series;
}

/** The metrics of one process. */
export interface Registry {
  /**
   * @throws {RangeError} When the name is not one Prometheus takes, or is in use.
   */
  counter(options: MetricOptions): Family<Counter>;
  /**
   * @throws {RangeError} As {@linkcode Registry.counter}.
   */
  gauge(options: MetricOptions): Family<Gauge>;
  /**
   * @param options `buckets`: upper bounds, ascending, without +Inf.
   * @throws {RangeError} As {@linkcode Registry.counter}, and when the bounds do not ascend.
   */
  histogram(options: MetricOptions & { readonly buckets: readonly number[] }): Family<Histogram>;
  /** The text of everything, in order of registration; metrics without a value are left out. */
  render(): string;
}

/**
 * Makes an empty registry.
 *
 * @example
 * ```ts
 * import { createRegistry } from "./exposition.ts";
 * import assert from "node:assert/strict";
 *
 * const registry = createRegistry();
 * registry.counter({ name: "tokens", help: "Tokens so far." }).series({ model: "a" }).add(3);
 * assert.equal(
 *   registry.render(),
 *   '# HELP tokens_total Tokens so far.\n# TYPE tokens_total counter\ntokens_total{model="a"} 3.0\n',
 * );
 * ```
 */
export function createRegistry(): Registry {
  const blocks = new Map<string, () => string>();

  function register<Series extends object>(
    { name, help, type }: MetricOptions & { readonly type: string },
    make: () => { readonly series: Series; readonly samples: () => readonly Sample[] },
  ): Family<Series> {
    if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) {
      throw new RangeError(
        `Cannot register metric as its name must be letters, digits, _ and : and not begin with a digit: got "${name}"`,
      );
    }
    if (blocks.has(name)) throw new RangeError(`Cannot register metric "${name}" as there is one already`);
    const all = new Map<string, { labels: Labels; series: Series; samples: () => readonly Sample[] }>();
    blocks.set(name, () => {
      const lines = [...all.values()].flatMap(({ labels, samples }) =>
        samples().map(({ suffix, extra, value }) =>
          `${name}${suffix}${formatLabels({ ...labels, ...extra })} ${formatNumber(value)}\n`
        )
      );
      if (lines.length === 0) return "";
      return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${lines.join("")}`;
    });
    return {
      series(labels) {
        const key = formatLabels(labels);
        const known = all.get(key);
        if (known) return known.series;
        checkLabelNames(labels);
        const made = make();
        all.set(key, { labels, ...made });
        return made.series;
      },
    };
  }

  return {
    counter: ({ name, help }) =>
      register({ name: `${name.replace(/_total$/, "")}_total`, help, type: "counter" }, makeCounter),
    gauge: (options) => register({ ...options, type: "gauge" }, makeGauge),
    histogram({ buckets, ...options }) {
      if (buckets.some((bound, i) => !(bound > (buckets[i - 1] ?? -Infinity) && bound < Infinity))) {
        throw new RangeError(
          `Cannot register metric "${options.name}" as its buckets must ascend and be finite: current value is ` +
            buckets.join(", "),
        );
      }
      return register({ ...options, type: "histogram" }, () => makeHistogram(buckets));
    },
    render: () => [...blocks.values()].map((block) => block()).join(""),
  };
}

/** One line of the text. */
interface Sample {
  /** Behind the metric's name: "_bucket". */
  readonly suffix: string;
  /** Labels beside the series' own. */
  readonly extra: Labels;
  readonly value: number;
}

function makeCounter(): { series: Counter; samples: () => Sample[] } {
  let value = 0;
  return {
    series: {
      add(amount) {
        value += amount;
      },
    },
    samples: () => [{ suffix: "", extra: {}, value }],
  };
}

function makeGauge(): { series: Gauge; samples: () => Sample[] } {
  let value: number | null = null;
  return {
    series: {
      set(next) {
        value = next;
      },
    },
    samples: () => value === null ? [] : [{ suffix: "", extra: {}, value }],
  };
}

function makeHistogram(buckets: readonly number[]): { series: Histogram; samples: () => Sample[] } {
  const bounds = Float64Array.of(...buckets, Infinity);
  const counts = new Float64Array(bounds.length);
  let sum = 0;
  return {
    series: {
      observe(value) {
        sum += value;
        let i = 0;
        // From below, not by halves: most values are in the first buckets, and there are about 20.
        while (value > (bounds[i] ?? Infinity)) i++;
        counts[i] = (counts[i] ?? 0) + 1;
      },
    },
    samples() {
      let count = 0;
      const samples = [...bounds].map((bound, i): Sample => {
        count += counts[i] ?? 0;
        return { suffix: "_bucket", extra: { le: formatNumber(bound) }, value: count };
      });
      return [
        ...samples,
        { suffix: "_count", extra: {}, value: count },
        { suffix: "_sum", extra: {}, value: sum },
      ];
    },
  };
}

function checkLabelNames(labels: Labels): void {
  for (const name of Object.keys(labels)) {
    if (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && !name.startsWith("__") && name !== "le") continue;
    throw new RangeError(
      `Cannot label metric as a label's name must be letters, digits and _, and neither le nor begin with __: ` +
        `got "${name}"`,
    );
  }
}

/** In order of name, as prometheus_client does. */
function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}

/** As Python writes floats: "1.0", "0.002", "+Inf". */
function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
