/**
 * `deno task samples`: makes the committed runs in data/samples/runs anew. They are computed in virtual time; what can be
 * derived from them is left out, and so is what names the machine.
 *
 * @module
 */
import { join } from "node:path";

import { replaceFile } from "../replace_file.ts";
import { main as benchCompare } from "./bench_compare.ts";
import { main as benchDualRound } from "./bench_dual_round.ts";
import { main as benchQwen } from "./bench_qwen.ts";
import { runCommand } from "./exit.ts";

const FOLDER = join("data", "samples", "runs");
/** What is measured, or here computed. Everything else can be made of it. */
const KEPT = ["manifest.json", "comparison.json", "requests.jsonl", "telemetry.jsonl"];

const common = [
  "--output-dir",
  FOLDER,
  "--slo-file",
  "data/samples/slo.yaml",
  "--no-report",
  "--no-progress",
];

/** Small enough to be committed, and large enough for a p99 or an interval. */
const samples = [
  {
    id: "qwen-sweep",
    run: benchQwen,
    flags: [
      ...["--virtual-time", "--trace", "synthetic", "--requests", "100", "--output-length", "48"],
      ...["--scales", "0.4", "0.6", "0.8", "1.2", "1.6", "2.4"],
      ...["--sim-preset", "Qwen3-14B", "--gpu", "A100", "--tp", "1", "--jitter", "0.02"],
    ],
  },
  {
    id: "dual-round",
    run: benchDualRound,
    flags: [
      ...["--virtual-time", "--concurrency", "1", "4", "16", "--sim-engine", "sglang", "--jitter", "0.02"],
      ...["--max-output-tokens", "32", "--prometheus-interval", "5"],
    ],
  },
  {
    id: "engine-comparison",
    run: benchCompare,
    flags: [
      ...["overlap=sim:mini-sglang", "no-overlap=sim:mini-sglang,overlap=false"],
      ...["--scales", "0.4", "1", "--requests", "150", "--output-length", "16", "--no-telemetry"],
    ],
  },
] as const;

/** Runs the command. @returns The exit code. */
export async function main(): Promise<number> {
  for (const { id, run, flags } of samples) {
    const folder = join(FOLDER, id);
    await Deno.remove(folder, { recursive: true }).catch(ignoreMissing);
    const code = await run([...flags, ...common, "--run-id", id]);
    if (code !== 0) return code;
    await tidy(folder);
  }
  return 0;
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

async function tidy(folder: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) await tidy(path);
    else if (!KEPT.includes(name)) await Deno.remove(path);
    else if (name === "manifest.json") await forgetMachine(path);
  }
}

async function forgetMachine(path: string): Promise<void> {
  const { environment, ...manifest } = JSON.parse(await Deno.readTextFile(path));
  const { gitCommit: _, ...rest } = environment;
  const anywhere = {
    ...rest,
    hostname: "example",
    cpuModel: null,
    cpuCores: null,
    memoryBytes: null,
    os: "linux",
  };
  replaceFile(path, JSON.stringify({ ...manifest, environment: anywhere }, null, 2) + "\n");
}

if (import.meta.main) await runCommand(main);
