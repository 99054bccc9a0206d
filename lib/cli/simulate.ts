/**
 * `deno task simulate`: what would another engine do under the same load?
 *
 * @module
 */
import { join } from "node:path";
import { Command, Option } from "@commander-js/extra-typings";

import { UsageError } from "../errors.ts";
import { MIN_COUNT_FOR_P99 } from "../metrics/mod.ts";
import { describeLatencyLimits } from "../metrics/latency_limits.ts";
import { describeShortLoad, type WhatIf } from "../metrics/what_if.ts";
import { simulateGrid, type WhatIfOptions } from "../modes/what_if.ts";
import { replaceFile } from "../replace_file.ts";
import { publishPage, publishReport } from "../report/publish.ts";
import { buildWhatIfReport } from "../report/what_if_report.ts";
import { print, printError } from "./console.ts";
import { runCommand } from "./exit.ts";
import { integer, listOf, MOST_REQUESTS, positive, runId } from "./flags.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { DEFAULT_SCALES, gridFlags, gridOf, readGridFile, sloOf } from "./simulate_flags.ts";
import { describeLoads, gridTable } from "./simulate_tables.ts";

const EXAMPLES = `
Examples:
  deno task simulate
      Qwen3-32B on 2, 4 and 8 H200, with and without the prefix cache, at three loads.
  deno task simulate --tp 2 4 --gpu H200 H100 --slo-ttft-ms 1000 --slo-tpot-ms 50
      Which of four machines bears how much load before one request in a hundred waits too long?
  deno task simulate --tp 2 --cache radix naive --slo-ttft-ms 1000 --find-load
      How much more load does the prefix cache bear? To 5 %.
  deno task simulate --sim-preset qwen3-14b --tp 1 --prefill-budget 2048 8192 --overlap on off
      What two scheduler options are worth.
  deno task simulate --grid data/samples/grid.yaml
      The same kind of question from a file.

Every configuration is a run of its own in data/runs, its page in reports; the grid's page is reports/<id>.html and its
numbers are data/runs/<id>/what_if.json. Nothing is measured: times are computed on a virtual clock.
Exit codes: 0 done; 1 it failed or was interrupted, or no configuration can be; 2 wrong usage; 99 with --fail-on-slo,
when no configuration meets the objective.
`;

/** Rows of the default trace: enough for a p99, and a minute of the largest default load. */
const DEFAULT_REQUESTS = 1000;

function simulateCommand() {
  const command = new Command("deno task simulate")
    .description(
      "Simulates a grid of engine options under the same load and shows which configuration bears how much.",
    )
    .exitOverride()
    .showHelpAfterError("(--help shows every flag)")
    .configureHelp({ helpWidth: 110 })
    .helpOption("-h, --help", "show this page");
  return gridFlags(command)
    .optionsGroup("Load:")
    .option(
      "--trace <name>",
      `synthetic, demo, a path, or qwen or mooncake once downloaded (default: synthetic)`,
    )
    .option(
      "--requests <n>",
      `rows to take from the front (default: ${DEFAULT_REQUESTS})`,
      integer(1, MOST_REQUESTS),
    )
    .option(
      "--scales <factors...>",
      `factors on the intervals between requests; below 1 is more load (default: ${
        DEFAULT_SCALES.join(" ")
      })`,
      listOf(positive),
    )
    .addOption(
      new Option("--prompts <kind>", "blocks: prefixes shared as in the trace; dummy: prefixes of one text")
        .choices(["blocks", "dummy"]).default("blocks"),
    )
    .option("--input-length <tokens>", "give every prompt this length", integer(1))
    .option("--output-length <tokens>", "give every answer this length", integer(1))
    .option("--seed <n>", "seed of everything random (default: 42)", integer(0))
    .optionsGroup("Run and output:")
    .option("--run-id <name>", "name of the grid (default: from the date)", runId)
    .option("--output-dir <folder>", "where the runs go", "data/runs")
    .option("--no-report", "no HTML pages")
    .option("--no-run-pages", "a page for the grid, none for each run")
    .option("--json", "print one line of JSON at the end and nothing else on standard output")
    .addHelpText("after", EXAMPLES);
}

type Flags = ReturnType<ReturnType<typeof simulateCommand>["opts"]>;

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const flags = simulateCommand().parse([...args], { from: "user" }).opts();
  const say = flags.json ? () => {} : (text: string) => print(text);
  const options = readOptions(flags, args);
  if ((flags.failOnSlo || flags.findLoad) && options.slo.length === 0) {
    throw new UsageError(
      `Cannot use ${flags.failOnSlo ? "--fail-on-slo" : "--find-load"} without an objective: ` +
        "give --slo-ttft-ms or --slo-tpot-ms",
    );
  }
  refuseExisting(options);
  const interrupt = listenForInterrupt(() => say("interrupted: saving what was computed"));
  const runPages = new Set<string>();
  try {
    say("virtual time: computed, not measured");
    const whatIf = await withoutNetwork(options.trace, () =>
      simulateGrid({
        ...options,
        signal: interrupt.signal,
        onStart: ({ index, label }, count) => say(`${index + 1}/${count}  ${label}`),
        async onEnd({ outcome }, run) {
          if (outcome.kind === "impossible") say(`      not possible: ${outcome.reason}`);
          if (run === undefined || !flags.report || !flags.runPages) return;
          await publishReport(run, pagePath(run.manifest.runId));
          runPages.add(run.manifest.runId);
        },
      }));
    const numbers = join(options.outputDir, whatIf.id, "what_if.json");
    await Deno.mkdir(join(options.outputDir, whatIf.id), { recursive: true });
    replaceFile(numbers, JSON.stringify(whatIf, null, 2) + "\n");
    const page = flags.report ? await publish(whatIf, runPages) : null;
    show(whatIf, say);
    say(`numbers  ${numbers}`);
    if (page !== null) say(`report  ${page}`);
    if (flags.json) print(JSON.stringify({ ...whatIf, report: page }));
    return exitCodeFor(whatIf, flags);
  } catch (error) {
    if (error !== interrupt.signal.reason) throw error;
    printError("interrupted before anything was computed");
    return 1;
  } finally {
    interrupt.stop();
  }
}

/** @throws {UsageError} When there is a grid of that name already. */
function refuseExisting({ outputDir, id }: WhatIfOptions): void {
  const path = join(outputDir, id);
  try {
    Deno.statSync(path);
  } catch {
    return;
  }
  throw new UsageError(`Cannot start as ${path} exists already: choose another --run-id`);
}

function readOptions(flags: Flags, args: readonly string[]): WhatIfOptions {
  const file = readGridFile(flags.grid);
  const startedAt = new Date().toISOString();
  const trace = flags.trace ?? file.trace ?? "synthetic";
  return {
    ...{ startedAt, trace, command: ["deno", "task", "simulate", ...args] },
    id: flags.runId ?? `${startedAt.slice(0, 23).replaceAll(/[:.]/g, "")}-what-if`,
    grid: gridOf(flags, file),
    slo: sloOf(flags, file),
    findLoad: flags.findLoad,
    requests: flags.requests ?? file.requests ?? DEFAULT_REQUESTS,
    scales: flags.scales ?? file.scales ?? DEFAULT_SCALES,
    seed: flags.seed ?? file.seed ?? 42,
    prompts: flags.prompts,
    inputTokens: flags.inputLength,
    outputTokens: flags.outputLength,
    outputDir: flags.outputDir,
  };
}

/** The task may not use the network, so a trace that would have to be downloaded cannot be had. */
async function withoutNetwork<T>(trace: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (!isDenied(cause)) throw cause;
    throw new UsageError(
      `Cannot open trace ${trace} as it was not downloaded and this task may not use the network: ` +
        `put it into data/traces, let 'deno task bench:qwen --virtual-time --trace ${trace}' download it, or name a file`,
      { cause },
    );
  }
}

function isDenied(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isNetwork = error instanceof Deno.errors.NotCapable && error.message.includes("net access");
  return isNetwork || isDenied(error.cause);
}

function show(whatIf: WhatIf, say: (text: string) => void): void {
  say(`\n${gridTable(whatIf)}\n`);
  const points = whatIf.configurations.flatMap(({ outcome }) => outcome.kind === "run" ? outcome.points : []);
  if (points.some(({ latencies }) => latencies.ttft?.p99Ms === null)) {
    say(`A p99 takes ${MIN_COUNT_FOR_P99} requests: raise --requests.\n`);
  }
  if (whatIf.slo.length > 0) {
    say(`Largest load with ${describeLatencyLimits(whatIf.slo)}, offered:`);
    for (const line of describeLoads(whatIf)) say(`  ${line}`);
    say("");
    const short = describeShortLoad(whatIf);
    if (short !== null) say(`${short}\n`);
  }
}

function pagePath(id: string): string {
  return join("reports", `${id}.html`);
}

async function publish(whatIf: WhatIf, runPages: ReadonlySet<string>): Promise<string> {
  const path = pagePath(whatIf.id);
  const pageOf = (id: string) => runPages.has(id) ? `${id}.html` : null;
  await publishPage(buildWhatIfReport(whatIf, { pageOf }), path);
  return path;
}

function exitCodeFor({ status, configurations }: WhatIf, flags: Flags): number {
  const ran = configurations.filter(({ outcome }) => outcome.kind === "run");
  if (status === "interrupted") return 1;
  if (ran.length === 0) {
    printError("error: no configuration is possible");
    return 1;
  }
  const isMet = ran.some(({ outcome }) =>
    outcome.kind === "run" && outcome.points.some(({ slo }) => slo.met === true)
  );
  if (!flags.failOnSlo || isMet) return 0;
  printError("error: no configuration meets the objective");
  return SLO_MISSED_EXIT_CODE;
}

/** As k6 has it for a threshold that was crossed. */
const SLO_MISSED_EXIT_CODE = 99;

if (import.meta.main) await runCommand(() => main(Deno.args));
