/**
 * `deno task check:prometheus`: what metrics there are at a URL, and which are worth recording.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";

import { openTransport } from "../client/mod.ts";
import { realClock } from "../clock.ts";
import { engineMetrics } from "../engines/mod.ts";
import { RunError } from "../errors.ts";
import { formatCount, formatNumber, formatPlural, MISSING } from "../plots/format.ts";
import {
  nearestNames,
  openTelemetry,
  readValues,
  selectFamilies,
  type SeriesValue,
  suggestFamilies,
  type TelemetrySource,
} from "../telemetry/mod.ts";
import type { TelemetryFamily } from "../types.ts";
import { print } from "./console.ts";
import { runCommand } from "./exit.ts";
import { listOf, positive } from "./flags.ts";
import { newTable } from "./tables.ts";

/** A Prometheus server may know thousands. */
const SHOWN_FAMILIES = 200;
/** Characters of a help text in the table. */
const MOST_HELP = 60;

const EXAMPLES = `
The URL is an engine's or exporter's /metrics page, or a Prometheus server. An engine's base URL will do.
A login is part of the URL: http://name:password@host:9090.
--metrics takes names as a benchmark's --prometheus-metrics does: a name, or its beginning with a * after it.

The exit code is 0 when metrics were read, 1 when they cannot be or a name of --metrics is not there, 2 for wrong usage.

Examples:
  deno task check:prometheus http://127.0.0.1:30000/metrics
      Every metric of an SGLang that was started with --enable-metrics, and which to record.
  deno task check:prometheus http://127.0.0.1:9090 --metrics DCGM_FI_DEV_GPU_UTIL
      Whether a Prometheus server has the utilization of GPUs.
`;

function checkPrometheusCommand() {
  return new Command("deno task check:prometheus")
    .description(
      "Says what metrics are at a URL, whether wanted ones are there, and which are worth recording.",
    )
    .argument("[url]", "a /metrics page, or a Prometheus server")
    .option("--metrics <names...>", "names to look for", listOf(String))
    .option("--timeout <seconds>", "longest wait for an answer", positive, 5)
    .option("--json", "print one line of JSON and nothing else on standard output")
    .exitOverride()
    .showHelpAfterError("(--help shows every flag)")
    .configureHelp({ helpWidth: 110 })
    .addHelpText("after", EXAMPLES);
}

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = checkPrometheusCommand().parse([...args], { from: "user" });
  const [url] = command.processedArgs;
  if (url === undefined) {
    print(command.helpInformation() + EXAMPLES);
    return 2;
  }
  const { metrics: names = [], timeout, json } = command.opts();
  const clock = realClock();
  await using transport = openTransport("node", clock);
  const source = await openTelemetry(url, { transport, clock, timeoutMs: timeout * 1000 });
  if (source.problem !== null) {
    throw new RunError(`Cannot read metrics from ${source.url}: ${source.problem}`);
  }
  const check = await checkSource(source, names);
  print(json ? JSON.stringify(check) : checkText(check));
  return check.families.length === 0 || check.missing.length > 0 ? 1 : 0;
}

/** A metric with what it says now. */
interface CheckedFamily extends TelemetryFamily {
  /** `null` where it was not asked for: a server is asked about wanted and suggested metrics only. */
  readonly series: number | null;
  /** Of its first series; of a histogram, its observations. */
  readonly value: number | null;
}

/** What the command says; with `--json`, as it is. */
interface PrometheusCheck {
  readonly url: string;
  readonly via: TelemetrySource["kind"];
  readonly families: readonly CheckedFamily[];
  /** Names of `--metrics` that chose something. */
  readonly found: readonly string[];
  readonly missing: readonly { readonly name: string; readonly nearest: readonly string[] }[];
  /** By program recognised. */
  readonly suggestions: readonly { readonly label: string; readonly families: readonly string[] }[];
}

async function checkSource(source: TelemetrySource, names: readonly string[]): Promise<PrometheusCheck> {
  const { families } = source;
  const suggestions = suggestFamilies(families, engineMetrics);
  const { missing } = selectFamilies(families, names);
  const wanted =
    selectFamilies(families, [...names, ...suggestions.flatMap(({ families }) => families)]).families;
  const values = await readValues(source, source.kind === "page" ? families : wanted);
  return {
    url: source.url,
    via: source.kind,
    families: families.map((family) => ({ ...family, ...describeValues(family, values.get(family.name)) })),
    found: names.filter((name) => !missing.includes(name)),
    missing: missing.map((name) => ({
      name,
      nearest: nearestNames(name, families.map((family) => family.name)),
    })),
    suggestions,
  };
}

function describeValues(
  { name, type }: TelemetryFamily,
  values: readonly SeriesValue[] | undefined,
): Pick<CheckedFamily, "series" | "value"> {
  if (values === undefined) return { series: null, value: null };
  const isCounted = type === "histogram" || type === "summary";
  const own = values.filter((value) => value.name === (isCounted ? `${name}_count` : name));
  return { series: own.length, value: own[0]?.value ?? null };
}

function checkText({ url, via, families, found, missing, suggestions }: PrometheusCheck): string {
  const kind = via === "page" ? "a page of metrics" : "a Prometheus server";
  const types = [...Map.groupBy(families, ({ type }) => type)].map(([type, { length }]) =>
    `${formatCount(length)} ${type}`
  );
  return [
    `${url}: ${kind} with ${formatPlural(families.length, "metric")}${
      types.length === 0 ? "" : ` (${types.join(", ")})`
    }`,
    ...(families.length === 0
      ? ["Nothing is there: is the engine started with metrics?"]
      : [familyTable(families)]),
    ...(families.length > SHOWN_FAMILIES
      ? [`and ${formatPlural(families.length - SHOWN_FAMILIES, "more metric")}; --json lists all`]
      : []),
    ...found.map((name) => `found: ${name}`),
    ...missing.map(({ name, nearest }) =>
      `NOT THERE: ${name}${nearest.length === 0 ? "" : `; the nearest is ${nearest.join(" or ")}`}`
    ),
    ...suggestions.map(({ label, families }) =>
      `${label}: worth recording are\n  --prometheus-metrics ${families.join(" ")}`
    ),
  ].join("\n");
}

function familyTable(families: readonly CheckedFamily[]): string {
  const table = newTable(["metric", "type", "series", "value now", "help"]);
  for (const { name, type, series, value, help } of families.slice(0, SHOWN_FAMILIES)) {
    const isCounted = type === "histogram" || type === "summary";
    const now = value !== null && isCounted ? `${formatCount(value)} seen` : formatValue(value);
    const shortHelp = help.length > MOST_HELP ? `${help.slice(0, MOST_HELP - 1)}…` : help;
    table.push([name, left(type), formatCount(series), now, left(shortHelp)]);
  }
  return table.toString();
}

function left(content: string): { readonly content: string; readonly hAlign: "left" } {
  return { content, hAlign: "left" };
}

/** Counts in full, other values to three digits. */
function formatValue(value: number | null): string {
  if (value === null) return MISSING;
  return Number.isInteger(value) ? formatCount(value) : formatNumber(value);
}

if (import.meta.main) await runCommand(() => main(Deno.args));
