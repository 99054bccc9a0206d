/**
 * What every online mode's command does: read the common flags, show the run, print tables, write the page.
 *
 * @module
 */
import { join } from "node:path";

import { UsageError } from "../errors.ts";
import {
  failedTooOften,
  FAILURE_LIMIT_RATIO,
  missesSlo,
  type RunSummary,
  type Slo,
  summarizeRun,
} from "../metrics/mod.ts";
import { describePairs } from "../modes/derive.ts";
import type { OnlineOptions } from "../modes/online_run.ts";
import type { PromptOptions } from "../modes/prepare_requests.ts";
import type { RunEvent } from "../modes/run_cells.ts";
import { parseSloFile } from "../modes/slo_file.ts";
import { publishReport } from "../report/publish.ts";
import type { Run } from "../types.ts";
import { withoutAbsent } from "../without_absent.ts";
import { print, printError } from "./console.ts";
import { type OnlineFlags, type PromptFlags, redact, simulatorOptions } from "./flags.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { describeInDialect } from "./dialect_table.ts";
import { type LiveDisplay, liveDisplay } from "./live_display.ts";
import { readTextFile } from "../read_text_file.ts";
import { runTable } from "./tables.ts";

/** The exit code of `--fail-on-slo`, as k6's of a crossed threshold. */
const SLO_MISSED = 99;

/** The end of a help page. @param cell What the mode varies: "scale". */
export function describeResults(cell: string): string {
  return `
The run goes to data/runs/<run-id>, the page to reports/<run-id>.html.
Exit codes: 0 done; 1 the run failed, was interrupted, or over ${
    100 * FAILURE_LIMIT_RATIO
  } % of the requests of a ${cell} failed; 2 wrong usage; 99 the
limits of --slo-file are not met, with --fail-on-slo.
`;
}

/** What a mode shows of its own. */
export interface CellView {
  /** A cell that has ended. @default its latencies as a table */
  readonly describeCell?: (event: Extract<RunEvent, { kind: "cellEnd" }>) => string;
  /** What is said when the run has ended, line by line. */
  readonly describeRun?: (run: Run, summary: RunSummary) => readonly string[];
}

/** What a mode is to be told so that the run can be watched and interrupted. */
export interface Watcher extends Pick<LiveDisplay, "onDownload" | "onPlan" | "onEvent"> {
  readonly signal: AbortSignal;
  readonly onNote: (note: string) => void;
}

/**
 * Runs a mode in the terminal: bars, tables, page, problems, JSON.
 *
 * @returns The exit code.
 */
export async function runInTerminal(
  flags: OnlineFlags,
  mode: (watcher: Watcher) => Promise<{ run: Run; folder: string }>,
  view: CellView = {},
): Promise<number> {
  const say = flags.json ? () => {} : (text: string) => print(text);
  const display = liveDisplay(flags, { say, ...view });
  const interrupt = listenForInterrupt(() => {
    display.stop();
    say("\ninterrupted: saving what was measured (Ctrl-C again to leave at once)");
  });
  try {
    const { run, folder } = await mode({ ...display, signal: interrupt.signal, onNote: say });
    const summary = summarizeRun(run);
    say(`\n${runTable(summary.cells)}\n`);
    for (const line of view.describeRun?.(run, summary) ?? []) say(line);
    if (flags.dialect !== undefined) {
      for (const text of describeInDialect(flags.dialect, { run, cells: summary.cells })) say(text);
    }
    say(`run     ${folder}`);
    const pages = flags.report ? await publish(run, flags) : [];
    for (const page of pages) say(`report  ${page}`);
    const problems = problemsOf(run, summary);
    for (const problem of problems) printError(`error: ${problem}`);
    if (flags.json) {
      print(
        JSON.stringify({
          ...summary,
          ...describePairs(run),
          status: run.manifest.status,
          folder,
          report: pages[0] ?? null,
        }),
      );
    }
    if (problems.length > 0) return 1;
    const { missed, reasons } = missesSlo(summary);
    if (!flags.failOnSlo || !missed) return 0;
    for (const reason of reasons) printError(`SLO not met: ${reason}`);
    return SLO_MISSED;
  } catch (error) {
    if (error !== interrupt.signal.reason) throw error;
    printError("interrupted before anything was measured");
    return 1;
  } finally {
    display.stop();
    interrupt.stop();
  }
}

/** Why the exit code is not 0: the run did not reach its end, or too many of its requests failed. */
export function problemsOf(run: Run, summary: RunSummary): string[] {
  const failing = summary.cells
    .filter(({ requests }) => failedTooOften(requests))
    .map(({ label, requests: { failed, unrecorded, offered } }) =>
      `${failed} of ${offered} requests failed${
        unrecorded > 0 ? `, and ${unrecorded} were not asked,` : ""
      } at ${label}`
    );
  return [...run.problems, ...failing];
}

async function publish(run: Run, flags: OnlineFlags): Promise<string[]> {
  const name = `${run.manifest.runId}.html`;
  const paths = [
    join("reports", name),
    ...(flags.outputDir === undefined ? [] : [join(flags.outputDir, name)]),
  ];
  for (const path of paths) await publishReport(run, path);
  return paths;
}

/** Flags that only the embedded engine has; a page size also tells how a server's cache is counted. */
const SIMULATOR_FLAGS = [
  ...["simPreset", "simEngine", "gpu", "tp", "cache", "memoryRatio", "maxRunning"] as const,
  ...["prefillBudget", "overlap", "jitter"] as const,
];

/**
 * What the common flags ask for.
 *
 * @param mode `command`: the task and its arguments, for the manifest: `["bench:qwen", ...args]`; `simEngine`: the embedded
 *   engine's `--sim-engine`, where neither flag nor preset says.
 * @throws {UsageError} When flags cannot go together.
 */
export function readOnlineOptions(
  flags: OnlineFlags & Partial<PromptFlags>,
  { command, simEngine }: { readonly command: readonly string[]; readonly simEngine?: string },
): OnlineOptions & Omit<PromptOptions, "seed" | "prompts"> {
  refuseBoth(flags, ["baseUrl", "endpoint"], "they are the same");
  const isServer = flags.baseUrl !== undefined || flags.endpoint !== undefined;
  const ofEngine = SIMULATOR_FLAGS.find((name) => flags[name] !== undefined && flags[name] !== true);
  if (isServer && ofEngine !== undefined) {
    throw new UsageError(
      `Cannot use ${
        dashed(ofEngine)
      } with a running server: it is an option of the embedded simulated engine`,
    );
  }
  const isEmbedded = !isServer &&
    (flags.engine === "simulated" || flags.virtualTime || ofEngine !== undefined);
  const baseUrl = flags.baseUrl ?? flags.endpoint ??
    (isEmbedded ? undefined : Deno.env.get("OPENAI_BASE_URL"));
  return {
    baseUrl: baseUrl || undefined,
    apiKey: readApiKey(),
    headers: flags.header ?? {},
    engine: flags.engine,
    model: flags.model,
    contextTokens: flags.contextLength,
    transport: flags.transport,
    timeoutMs: flags.timeout * 1000,
    virtualTime: flags.virtualTime,
    simulator: baseUrl ? {} : simulatorOptions(
      flags.simPreset === undefined ? { simEngine, ...withoutAbsent(flags) } : flags,
      { contextTokens: flags.contextLength, seed: flags.seed },
    ),
    tokenizerPath: flags.tokenizer,
    inputTokens: flags.inputLength,
    outputTokens: flags.outputLength,
    extraBody: flags.extraBody,
    seed: flags.seed,
    warmup: flags.warmup,
    runId: flags.runId,
    outputDir: flags.outputDir,
    saveRequests: flags.saveRequests,
    slo: readSlo(flags),
    telemetry: flags.telemetry,
    prometheusUrl: flags.prometheusUrl,
    prometheusMetrics: flags.prometheusMetrics,
    telemetryIntervalMs: flags.prometheusInterval * 1000,
    command: ["deno", "task", ...redact(command)],
  };
}

/**
 * Refuses two flags that cannot be given together.
 *
 * @param names As commander spells them: "baseUrl".
 * @param why Ends the message.
 * @throws {UsageError} When both are given.
 */
export function refuseBoth<Flags extends object>(
  flags: Flags,
  [a, b]: readonly [keyof Flags & string, keyof Flags & string],
  why: string,
): void {
  if (flags[a] !== undefined && flags[b] !== undefined) {
    throw new UsageError(`Cannot use ${dashed(a)} and ${dashed(b)} together: ${why}`);
  }
}

/** @throws {UsageError} When the file cannot be read, or there is nothing to fail on. */
function readSlo({ sloFile, failOnSlo }: OnlineFlags): Slo | undefined {
  if (sloFile === undefined) {
    if (!failOnSlo) return undefined;
    throw new UsageError("Cannot use --fail-on-slo without --slo-file: it has the limits");
  }
  return parseSloFile(readTextFile(sloFile, "SLO file"), sloFile);
}

/** A flag as it is typed. @param name As commander spells it: "baseUrl". */
export function dashed(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** @throws {UsageError} When the key could not stand in a header; the message does not show it. */
function readApiKey(): string | undefined {
  const key = Deno.env.get("OPENAI_API_KEY")?.trim();
  if (key !== undefined && !/^[\x21-\x7e]*$/.test(key)) {
    throw new UsageError("Cannot use OPENAI_API_KEY as it has spaces or letters that no header can hold");
  }
  return key || undefined;
}
