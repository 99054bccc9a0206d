/**
 * `deno task bench:qwen`: replay a trace at several scale factors.
 *
 * @module
 */
import { join } from "node:path";

import { UsageError } from "../errors.ts";
import { failedTooOften, FAILURE_LIMIT_RATIO, type RunSummary, summarizeRun } from "../metrics/mod.ts";
import type { RunEvent, RunPlan } from "../modes/run_cells.ts";
import { QWEN_SCALES, replayTrace, type TraceReplayOptions } from "../modes/trace_replay.ts";
import { publishReport } from "../report/publish.ts";
import { formatBytes, formatDuration } from "../std.ts";
import type { Run } from "../types.ts";
import { print, printError } from "./console.ts";
import { runCommand } from "./exit.ts";
import { integer, listOf, onlineCommand, positive, redact, simulatorOptions } from "./flags.ts";
import { type Bars, showBars } from "./progress.ts";
import { cellTable, miniSglangText, runTable } from "./tables.ts";

const EXAMPLES = `
Examples:
  deno task bench:qwen
      Two minutes on the embedded simulated engine: no GPU, no server, no download.
  deno task bench:qwen --base-url http://127.0.0.1:1919/v1
      The first 1,000 requests of the real Qwen trace A against a running server (about 25 minutes).
  deno task bench:qwen --base-url http://127.0.0.1:1919/v1 --trace synthetic --requests 200 --scales 0.5,1
      A shorter run without a download.
  deno task bench:qwen --virtual-time --trace synthetic
      The full sweep, 1,000 requests at six scale factors, computed in seconds.
  deno task bench:qwen --sim-preset qwen3-14b --gpu H100 --tp 1 --scales 1 2 4
      What the simulated engine would do on other hardware.

The run goes to data/runs/<run-id>, the page to reports/<run-id>.html.
Exit codes: 0 done; 1 the run failed, was interrupted, or over ${
  100 * FAILURE_LIMIT_RATIO
} % of the requests of a scale failed; 2 wrong usage.
`;

function benchQwenCommand() {
  return onlineCommand(
    "deno task bench:qwen",
    "Replays a trace of real use at several scale factors and makes a report.",
  )
    .optionsGroup("Trace:")
    .option(
      "--trace <name>",
      "qwen, mooncake, synthetic, demo or a path (default: demo on the embedded engine, else qwen)",
    )
    .option("--requests <n>", "rows to take from the front (default: 120 of demo, else 1000)", integer(1))
    .option("--num-samples <n>", "the same as --requests", integer(1))
    .option(
      "--scales <factors...>",
      `factors on the intervals between requests; below 1 is faster (default: ${QWEN_SCALES.join(" ")})`,
      listOf(positive),
    )
    .addHelpText("after", EXAMPLES);
}

type Flags = ReturnType<ReturnType<typeof benchQwenCommand>["opts"]>;

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const flags = benchQwenCommand().parse([...args], { from: "user" }).opts();
  const say = flags.json ? () => {} : (text: string) => print(text);
  const display = liveDisplay(flags, say);
  const interrupt = listenForInterrupt(() => {
    display.stop();
    say("\ninterrupted: saving what was measured (Ctrl-C again to leave at once)");
  });
  try {
    const { run, folder } = await replayTrace({
      ...readOptions(flags, args),
      signal: interrupt.signal,
      onNote: say,
      onDownload: display.onDownload,
      onPlan: display.onPlan,
      onEvent: display.onEvent,
    });
    const summary = summarizeRun(run);
    say(`\n${runTable(summary.cells)}\n`);
    say(`run     ${folder}`);
    const pages = flags.report ? await publish(run, flags) : [];
    for (const page of pages) say(`report  ${page}`);
    const problems = problemsOf(run, summary);
    for (const problem of problems) printError(`error: ${problem}`);
    if (flags.json) {
      print(
        JSON.stringify({ ...summary, status: run.manifest.status, folder, report: pages[0] ?? null }),
      );
    }
    return problems.length === 0 ? 0 : 1;
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
    .map(({ label, requests: { failed, offered } }) => `${failed} of ${offered} requests failed at ${label}`);
  return [...run.problems, ...failing];
}

function readOptions(flags: Flags, args: readonly string[]): TraceReplayOptions {
  refuseBoth(flags, "baseUrl", "endpoint");
  refuseBoth(flags, "requests", "numSamples");
  const isEmbedded = (flags.engine === "simulated" || flags.virtualTime) && flags.baseUrl === undefined &&
    flags.endpoint === undefined;
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
    simulator: baseUrl
      ? {}
      : simulatorOptions(flags, { contextTokens: flags.contextLength, seed: flags.seed }),
    trace: flags.trace,
    requests: flags.requests ?? flags.numSamples,
    scales: flags.scales,
    prompts: flags.prompts,
    tokenizerPath: flags.tokenizer,
    inputTokens: flags.inputLength,
    outputTokens: flags.outputLength,
    extraBody: flags.extraBody,
    seed: flags.seed,
    warmup: flags.warmup,
    runId: flags.runId,
    outputDir: flags.outputDir,
    command: ["deno", "task", "bench:qwen", ...redact(args)],
  };
}

/** @throws {UsageError} When two spellings of one flag are given. */
function refuseBoth(flags: Flags, a: keyof Flags, b: keyof Flags): void {
  const dashed = (name: string) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (flags[a] !== undefined && flags[b] !== undefined) {
    throw new UsageError(`Cannot use ${dashed(a)} and ${dashed(b)} together: they are the same`);
  }
}

/** @throws {UsageError} When the key could not stand in a header; the message does not show it. */
function readApiKey(): string | undefined {
  const key = Deno.env.get("OPENAI_API_KEY")?.trim();
  if (key !== undefined && !/^[\x21-\x7e]*$/.test(key)) {
    throw new UsageError("Cannot use OPENAI_API_KEY as it has spaces or letters that no header can hold");
  }
  return key || undefined;
}

/** What is seen while the run goes on: bars on a terminal, a table per cell everywhere. */
function liveDisplay(flags: Flags, say: (text: string) => void) {
  const isLive = flags.progress && !flags.json && Deno.stderr.isTerminal();
  let bars: Bars | undefined;
  let lastPercent = -1;
  return {
    stop() {
      bars?.stop();
      bars = undefined;
    },
    onDownload({ receivedBytes, totalBytes }: { receivedBytes: number; totalBytes?: number }) {
      const percent = totalBytes ? Math.floor(receivedBytes / totalBytes * 10) * 10 : 0;
      if (percent === lastPercent) return;
      lastPercent = percent;
      say(`downloading the trace: ${formatBytes(receivedBytes)} (${percent}%)`);
    },
    onPlan(plan: RunPlan, expectedMs: number) {
      const { trace, prompts } = plan.workload;
      const count = plan.cells[0]?.requests.length ?? 0;
      say(
        `${plan.cells.length} × ${count} requests of the ${trace?.name} trace, ${prompts.kind} prompts, seed ${plan.seed}`,
      );
      const time = formatDuration(Math.ceil(expectedMs / 1000) * 1000, { style: "narrow", ignoreZero: true });
      say(
        flags.virtualTime
          ? `${time} and the last answers of each scale pass in virtual time: nobody waits for them`
          : `expected to take ${time}, and the last answers of each scale`,
      );
    },
    onEvent(event: RunEvent) {
      if (event.kind === "cellStart") {
        say(`\n${event.cell.label}: offered ${event.cell.offeredRequestsPerS?.toFixed(2) ?? "–"} req/s`);
        if (!isLive) return;
        const { outputTokens } = event.plan;
        bars = showBars(event.progress, { requests: event.cell.requestCount, outputTokens });
        return;
      }
      bars?.stop();
      bars = undefined;
      say(cellTable(event.summary));
      if (flags.dialect === "mini-sglang") say(miniSglangText(event.records));
    },
  };
}

async function publish(run: Run, flags: Flags): Promise<string[]> {
  const name = `${run.manifest.runId}.html`;
  const paths = [
    join("reports", name),
    ...(flags.outputDir === undefined ? [] : [join(flags.outputDir, name)]),
  ];
  for (const path of paths) await publishReport(run, path);
  return paths;
}

/** A task runner passes Ctrl-C on to us, and the terminal sends it too: within this time they are one. */
const SAME_CTRL_C_MS = 1000;

/** The first Ctrl-C ends the run cleanly, a later one ends the process. */
function listenForInterrupt(onFirst: () => void) {
  const controller = new AbortController();
  let firstMs = 0;
  const onSignal = () => {
    if (controller.signal.aborted) {
      if (performance.now() - firstMs > SAME_CTRL_C_MS) Deno.exit(1);
      return;
    }
    firstMs = performance.now();
    onFirst();
    controller.abort();
  };
  Deno.addSignalListener("SIGINT", onSignal);
  return { signal: controller.signal, stop: () => Deno.removeSignalListener("SIGINT", onSignal) };
}

if (import.meta.main) await runCommand(() => main(Deno.args));
