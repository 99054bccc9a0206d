/**
 * `deno task export`: a run in the file form of another tool.
 *
 * @module
 */
import { join } from "node:path";
import { Command, Option } from "@commander-js/extra-typings";

import { streamMiniSglang, writeMiniSglang } from "../artifact/interchange/mini_sglang.ts";
import { formatVllm } from "../artifact/interchange/vllm.ts";
import { readRun } from "../artifact/read.ts";
import { UsageError } from "../errors.ts";
import { countInputTokens, countOutputTokens } from "../metrics/tokens.ts";
import { summarizeRun } from "../metrics/mod.ts";
import { replaceFile } from "../replace_file.ts";
import type { Cell, RequestRecord, Run } from "../types.ts";
import { print } from "./console.ts";
import { runCommand } from "./exit.ts";

const EXAMPLES = `
Each cell becomes a file: vllm.cell-0.json, mini_sglang.cell-0.json. vLLM's form has failed requests with a TTFT of 0,
mini-sglang's has none. Requests of one cell are in the order of their ids. Answers' texts are empty: a run keeps none.

The exit code is 0 when the files were written, 1 when they could not be, 2 for wrong usage.

Example:
  deno task export data/runs/2026-11-22T134501-qwen-simulated --as vllm
`;

function exportCommand() {
  return new Command("deno task export")
    .description("Writes the cells of a run as another tool writes its results.")
    .argument("<run-folder>", "folder of the run: data/runs/<run-id>")
    .addOption(
      new Option("--as <form>", "the form").choices(["vllm", "mini-sglang"] as const).makeOptionMandatory(),
    )
    .option("--output-dir <folder>", "where the files go (default: the run's folder)")
    .option("--json", "print one line of JSON and nothing else")
    .exitOverride()
    .showHelpAfterError("(--help shows every flag)")
    .configureHelp({ helpWidth: 110 })
    .addHelpText("after", EXAMPLES);
}

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = exportCommand().parse([...args], { from: "user" });
  const [folder] = command.processedArgs;
  const flags = command.opts();
  const run = await readRun(folder);
  const to = flags.outputDir ?? folder;
  const isVllm = flags.as === "vllm";
  const texts = run.manifest.cells.map((cell) => ({
    path: join(to, `${isVllm ? "vllm" : "mini_sglang"}.cell-${cell.index}.json`),
    text: isVllm ? vllmText(run, cell) : writeMiniSglang(streamMiniSglang(recordsOf(run, cell))),
  }));
  if (flags.outputDir !== undefined) Deno.mkdirSync(to, { recursive: true });
  for (const { path, text } of texts) replaceFile(path, text);
  const files = texts.map(({ path }) => path);
  print(flags.json ? JSON.stringify({ runId: run.manifest.runId, form: flags.as, files }) : files.join("\n"));
  return 0;
}

function recordsOf({ records }: Run, { index }: Cell): RequestRecord[] {
  return Array.from(records).filter(({ cell }) => cell === index).sort((a, b) => a.id - b.id);
}

function vllmText(run: Run, cell: Cell): string {
  const { manifest } = run;
  const summary = summarizeRun(run).cells.find(({ index }) => index === cell.index);
  const { concurrency, requestRate } = cell.parameters;
  try {
    return formatVllm(recordsOf(run, cell), {
      ...{ model: manifest.model, date: manifest.startedAt, engine: manifest.engine.name },
      requestsPerS: cell.offeredRequestsPerS ?? (typeof requestRate === "number" ? requestRate : null),
      concurrency: typeof concurrency === "number" ? concurrency : null,
      durationMs: summary?.durationMs ?? null,
      countTokens: (record) => ({
        input: countInputTokens(record),
        output: countOutputTokens(record).tokens,
      }),
    });
  } catch (cause) {
    if (cause instanceof RangeError) throw new UsageError(cause.message, { cause });
    throw cause;
  }
}

if (import.meta.main) await runCommand(() => main(Deno.args));
