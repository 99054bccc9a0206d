/**
 * `deno task simulate:validate`: the simulated engine against runs that were measured on GPUs.
 *
 * @module
 */
import { Command, Option } from "@commander-js/extra-typings";

import { rootMessage, UsageError } from "../errors.ts";
import { relativeError } from "../metrics/relative_error.ts";
import { type MeasuredRun, parseMeasuredRuns } from "../modes/measured_runs.ts";
import {
  type Comparison,
  REQUESTS_PER_SLOT,
  simulateMeasured,
  summarizeComparisons,
} from "../modes/validate.ts";
import { formatNumber, MISSING } from "../plots/format.ts";
import { enginePresets } from "../simulator/engine_presets.ts";
import { print, printError } from "./console.ts";
import { runCommand } from "./exit.ts";
import { newTable } from "./tables.ts";

const MEASURED_RUNS = "data/measured/qwen3_32b_h100_sglang.csv";

const EXAMPLES = `
The table needs the columns model, gpu, backend, tp, input_tokens, output_tokens, concurrency, measured_ttft_ms and
measured_tpot_ms, in any order. A measured value may be blank; a row whose model or GPU is not known is left out.
Each row is simulated as a closed loop of ${REQUESTS_PER_SLOT} × concurrency requests that share no prefix.
TTFT holds 4 ms that the simulated engine assumes for its HTTP front end.

Examples:
  deno task simulate:validate
      Qwen3-32B on H100 with SGLang, 35 runs: TTFT and TPOT as measured and as simulated.
  deno task simulate:validate --data ${MEASURED_RUNS} --json
      One line of JSON with the mean errors, as ratios.
`;

function validateCommand() {
  return new Command("deno task simulate:validate")
    .description("Simulates runs that were measured on GPUs and says how far off the simulated engine is.")
    .option("--data <path>", "CSV file of measured runs", MEASURED_RUNS)
    .addOption(
      new Option("--sim-engine <name>", "whose scheduler and wire format").choices(
        enginePresets.map(({ name }) => name),
      ).default("sglang"),
    )
    .option("--json", "print one line of JSON and nothing else on standard output")
    .exitOverride()
    .showHelpAfterError("(--help shows every flag)")
    .addHelpText("after", EXAMPLES);
}

/** Runs the command. @returns The exit code: 0 also where the errors are large, 1 when no row could be simulated. */
export async function main(args: readonly string[]): Promise<number> {
  const flags = validateCommand().parse([...args], { from: "user" }).opts();
  const runs = readMeasuredRuns(flags.data);
  const comparisons: Comparison[] = [];
  for (const run of runs) comparisons.push(await simulateMeasured(run, { engine: flags.simEngine }));
  for (const comparison of comparisons) {
    if (comparison.kind === "simulated") continue;
    printError(`${flags.data}:${comparison.measured.line}: left out: ${comparison.reason}`);
  }
  const summary = summarizeComparisons(comparisons);
  if (flags.json) print(JSON.stringify(summary));
  else {
    print(comparisonTable(comparisons));
    for (const note of describeBackends(runs, flags.simEngine)) print(note);
    print(`${summary.rows} of ${runs.length} runs simulated as ${flags.simEngine}`);
    print(describeError("TPOT", summary.tpotMape, summary.tpotBias));
    print(describeError("TTFT", summary.ttftMape, summary.ttftBias));
  }
  return summary.rows === 0 ? 1 : 0;
}

/** @throws {UsageError} When there is no such file. @throws {SyntaxError} When it is no table of measured runs. */
function readMeasuredRuns(path: string): MeasuredRun[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (cause) {
    throw new UsageError(`Cannot read measured runs from ${path}: ${rootMessage(cause)}`, { cause });
  }
  return parseMeasuredRuns(text, path);
}

function comparisonTable(comparisons: readonly Comparison[]): string {
  const table = newTable([
    ...["model", "GPU", "TP", "input\ntokens", "output\ntokens", "in\nflight"],
    ...["TTFT ms\nmeasured", "\nsimulated", "\nerror", "TPOT ms\nmeasured", "\nsimulated", "\nerror"],
  ]);
  for (const comparison of comparisons) {
    if (comparison.kind === "skipped") continue;
    const { measured, ttftMs, tpotMs } = comparison;
    table.push([
      ...[measured.model, measured.gpu, measured.tp, measured.inputTokens, measured.outputTokens],
      ...[measured.concurrency, formatNumber(measured.ttftMs), formatNumber(ttftMs)],
      errorOf(measured.ttftMs, ttftMs),
      ...[formatNumber(measured.tpotMs), formatNumber(tpotMs), errorOf(measured.tpotMs, tpotMs)],
    ]);
  }
  return table.toString();
}

function errorOf(measured: number | null, estimated: number | null): string {
  return measured === null || estimated === null ? MISSING : percent(relativeError({ measured, estimated }));
}

/** "+4.9%": signed, one digit after the point. */
function percent(ratio: number): string {
  return `${ratio < 0 ? "−" : "+"}${Math.abs(100 * ratio).toFixed(1)}%`;
}

function describeError(label: string, mape: number | null, bias: number | null): string {
  if (mape === null || bias === null) return `${label}: nothing was measured`;
  return `${label}: mean absolute error ${(100 * mape).toFixed(1)}%, bias ${percent(bias)}`;
}

/** Rows that were measured with another engine than the one that is simulated. */
function describeBackends(runs: readonly MeasuredRun[], engine: string): string[] {
  const others = runs.filter(({ backend }) => backend !== "" && !backend.toLowerCase().startsWith(engine));
  const names = [...new Set(others.map(({ backend }) => backend))].join(", ");
  return others.length === 0
    ? []
    : [`${others.length} of the runs were measured with another engine: ${names}`];
}

if (import.meta.main) await runCommand(() => main(Deno.args));
