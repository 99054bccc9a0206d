/**
 * What would another engine do under the same load? A grid of engine options on the simulated engine in virtual time, one
 * run per combination and one cell per scale factor.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { summarizeRun } from "../metrics/mod.ts";
import { describeLatencyLimits, judgeLatencies, type LatencyLimits } from "../metrics/latency_limits.ts";
import { type Configuration, loadPoint, type WhatIf } from "../metrics/what_if.ts";
import { inProcessTransport } from "../simulator/in_process.ts";
import { describeSimulator, resolveSimulator, type SimulatorConfig } from "../simulator/options.ts";
import type { JsonObject, Run, Trace } from "../types.ts";
import { combine, type EngineGrid, type GridConfiguration } from "./engine_grid.ts";
import { bracketScale, tryCell } from "./find_load.ts";
import { openVirtualEngine } from "./open_engine.ts";
import { prepareRequests, type PromptOptions } from "./prepare_requests.ts";
import { renewableTransport } from "./renewable_transport.ts";
import { runCells, type RunPlan } from "./run_cells.ts";
import { simulatorReports } from "./simulator_reports.ts";
import { checkScales, openReplayTrace, planCell } from "./trace_replay.ts";

/** What a grid is run with. */
export interface WhatIfOptions extends Omit<PromptOptions, "tokenizerPath"> {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly command: readonly string[];
  readonly grid: EngineGrid;
  /** "synthetic", "demo", "qwen", "mooncake" or a path. */
  readonly trace: string;
  /** Rows to take from the front. */
  readonly requests?: number;
  /** Factors on the intervals, > 0. */
  readonly scales: readonly number[];
  /** Without limits nothing is judged. */
  readonly slo: LatencyLimits;
  /** Whether to look between the scales for the largest load that meets the SLO, and to add what is found. @default false */
  readonly findLoad?: boolean;
  /** Folder of all runs. */
  readonly outputDir: string;
  readonly signal?: AbortSignal;
  /** Called before a configuration is simulated. */
  readonly onStart?: (configuration: GridConfiguration, count: number) => void;
  /** Called with each configuration; `run` is absent for one that cannot be. */
  readonly onEnd?: (configuration: Configuration, run?: Run) => void | Promise<void>;
}

/**
 * Simulates every combination of a grid.
 *
 * Each cell begins with a new engine: what one load left in the prefix cache would be found by the next, as all cells
 * ask for the same prompts. A combination that cannot be, because the model does not fit, is part of the result.
 *
 * @returns What came out; interrupted when the signal was aborted after the first run had begun.
 * @throws {UsageError} When the grid, the scales or the trace cannot be used.
 */
export async function simulateGrid(options: WhatIfOptions): Promise<WhatIf> {
  const { id, startedAt, command, seed, slo, signal } = options;
  checkScales(options.scales);
  const combinations = combineOrRefuse(options.grid);
  const trace = await openReplayTrace(options);
  const configurations: Configuration[] = [];
  const notes = new Set<string>();
  for (const combination of combinations) {
    if (signal?.aborted) break;
    options.onStart?.(combination, combinations.length);
    const { configuration, run } = await simulate(combination, trace, options);
    configurations.push(configuration);
    for (const note of run?.manifest.workload.notes ?? []) notes.add(note);
    await options.onEnd?.(configuration, run);
  }
  const status = signal?.aborted ? "interrupted" : "complete";
  return {
    ...{ schemaVersion: 1, id, startedAt, status, command, seed, slo, configurations },
    workload: {
      trace: trace.name,
      requests: trace.entries.length,
      prompts: options.prompts ?? "blocks",
      notes: [...notes],
    },
  };
}

function combineOrRefuse(grid: EngineGrid): GridConfiguration[] {
  try {
    return combine(grid);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UsageError(cause.message, { cause });
  }
}

async function simulate(
  { index, label, varied, options: simulator }: GridConfiguration,
  trace: Trace,
  options: WhatIfOptions,
): Promise<{ readonly configuration: Configuration; readonly run?: Run }> {
  let config: SimulatorConfig;
  try {
    config = resolveSimulator(simulator);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const outcome = { kind: "impossible", reason: error.message } as const;
    const gpus = simulator.tp ?? 1;
    return {
      configuration: {
        index,
        label,
        varied,
        description: label,
        model: null,
        gpu: null,
        gpus,
        noVerdict: null,
        outcome,
      },
    };
  }
  const { run } = await replay({ index, label, varied, options: simulator }, trace, options);
  const context = { slo: options.slo, gpus: config.tp, noVerdict: reasonForNoVerdict(config) };
  const { skipped } = run.manifest.workload;
  const outcome = {
    kind: "run",
    runId: run.manifest.runId,
    leftOut: { count: skipped.length, reason: skipped[0]?.reason ?? null },
    requests: run.manifest.cells[0]?.requestCount ?? 0,
    points: summarizeRun(run).cells
      .filter(({ status }) => status === "complete")
      .map((cell) => loadPoint(cell, context))
      .sort((a, b) => b.scale - a.scale),
  } as const;
  const { gpus, noVerdict } = context;
  const { model, gpu } = config;
  const description = describeSimulator(simulator).replace(/^simulated /, "");
  return {
    configuration: {
      index,
      label,
      varied,
      description,
      model: model.name,
      gpu: gpu.name,
      gpus,
      noVerdict,
      outcome,
    },
    run,
  };
}

/** An engine whose scheduler is not its own is not judged. */
function reasonForNoVerdict({ engine }: SimulatorConfig): string | null {
  return engine.isWireOnly ? `${engine.label}: no verdict` : null;
}

async function replay(
  { index, label, varied, options: simulator }: GridConfiguration,
  trace: Trace,
  options: WhatIfOptions,
): Promise<{ run: Run }> {
  const { signal, seed, outputDir } = options;
  await using engine = await openVirtualEngine({ simulator, signal });
  const { requests: [requests = []], asked, workload } = await prepareRequests(trace, engine, {
    ...options,
    seeds: [seed],
  });
  if (asked.length === 0) {
    throw new UsageError(
      `Cannot simulate ${label} as every row of ${trace.name} is left out: ${workload.skipped[0]?.reason}`,
    );
  }
  const { clock } = engine.line;
  await using transport = renewableTransport(() => inProcessTransport(simulator, clock));
  const line = { ...engine.line, transport };
  const meets = async (scale: number) => {
    transport.renew();
    if (signal?.aborted) return null;
    return judgeLatencies(await tryCell(planCell(trace, { scale, requests, asked }), line), options.slo).met;
  };
  const searches = options.findLoad && !signal?.aborted &&
    reasonForNoVerdict(resolveSimulator(simulator)) === null;
  const scales = searches ? await addBracket(options.scales, meets) : options.scales;
  const { model } = line.target;
  const plan: RunPlan = {
    runId: runIdOf(options.id, { index, label }),
    mode: "what-if",
    title: `${model}, ${label}: ${trace.name} trace at ${
      scales.length === 1 ? `scale ${scales[0]}` : `${scales.length} scale factors`
    }, in virtual time`,
    command: options.command,
    options: recordOptions({ ...options, scales, simulator, varied }, trace),
    seed,
    engine: engine.info,
    model,
    workload: { ...workload, notes: [...workload.notes, "Each scale begins with an empty prefix cache."] },
    cells: scales.map((scale) => planCell(trace, { scale, requests, asked })),
    onCellFailure: "go-on",
  };
  return await runCells(plan, {
    ...{ line, outputDir, signal },
    reports: simulatorReports(line),
    beforeCell: () => transport.renew(),
  });
}

/** The scales, and those between them that decide where the largest load lies. */
async function addBracket(
  scales: readonly number[],
  meets: (scale: number) => Promise<boolean | null>,
): Promise<number[]> {
  const bracket = await bracketScale({ fast: Math.min(...scales), slow: Math.max(...scales) }, meets);
  return [...new Set([...scales, ...bracket])];
}

/** "2026-11-22T134501-what-if-2-tp-4-naive": sorts behind the grid's id, safe as a file name. */
export function runIdOf(id: string, { index, label }: Pick<GridConfiguration, "index" | "label">): string {
  const slug = label.toLowerCase().replaceAll(/[^a-z0-9.]+/g, "-").replaceAll(/^-+|-+$/g, "");
  return `${id}-${index + 1}-${slug.slice(0, 40).replace(/-+$/, "")}`;
}

/** The options that shaped a run, as JSON. */
function recordOptions(
  { id, prompts, inputTokens, outputTokens, scales, slo, seed, simulator, varied }:
    & WhatIfOptions
    & Pick<GridConfiguration, "varied">
    & { readonly simulator: GridConfiguration["options"] },
  trace: Trace,
): JsonObject {
  const recorded = {
    ...{ grid: id, varied, simulator, scales, seed, virtualTime: true },
    ...{ trace: trace.name, requests: trace.entries.length },
    ...{ prompts: prompts ?? "blocks", inputTokens, outputTokens },
    ...(slo.length === 0 ? {} : { slo: describeLatencyLimits(slo) }),
  };
  return JSON.parse(JSON.stringify(recorded));
}
