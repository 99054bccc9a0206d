/**
 * What every online mode does around its plan: open the engine, test the connection, warm up, run, and say so.
 *
 * @module
 */
import { basename } from "node:path";

import { LEAD_MS } from "../client/mod.ts";
import type { Slo } from "../metrics/slo.ts";
import { createRandom } from "../random.ts";
import type { JsonObject, Run } from "../types.ts";
import { shownUrl } from "../shown_url.ts";
import { words } from "../words.ts";
import { testConnection, warmUp } from "./connect.ts";
import { type EngineOptions, type OpenEngine, openEngine } from "./open_engine.ts";
import { EngineSwitch } from "./engine_switch.ts";
import type { TelemetryOptions } from "./plan_telemetry.ts";
import { type CellPlan, runCells, type RunEvent, type RunPlan } from "./run_cells.ts";

/** What every online mode can be told. */
export interface OnlineOptions extends EngineOptions, TelemetryOptions {
  /** @default 42 */
  readonly seed?: number;
  /** Limits that goodput is measured within. @default none */
  readonly slo?: Slo;
  /** Requests sent before the run. @default 8 */
  readonly warmup?: number;
  /** @default made of date, mode and engine */
  readonly runId?: string;
  /** @default "data/runs" */
  readonly outputDir?: string;
  /** Command line for the manifest, secrets removed. */
  readonly command?: readonly string[];
  /** Where the engine's prefix cache is emptied. @default the engine's own route, where it has one */
  readonly resetCacheUrl?: string;
  /** Whether the engine's prefix cache is emptied before every cell, where it can be. @default as the mode plans it */
  readonly resetCacheBeforeCells?: boolean;
  /** Whether every request's body is kept, in `payloads.jsonl`. @default false */
  readonly saveRequests?: boolean;
  /** Things a user should know, one sentence each. */
  readonly onNote?: (note: string) => void;
  /** Called once, before the first request of the run. `expectedMs` leaves out the last answers. */
  readonly onPlan?: (plan: RunPlan, expectedMs: number) => void;
  readonly onEvent?: (event: RunEvent) => void;
}

/** What one mode adds to a run. */
export interface ModePlan extends Pick<RunPlan, "mode" | "title" | "workload" | "cells" | "onCellFailure"> {
  /** Stands in the id of a run that has no name: "qwen". */
  readonly shortName: string;
  /** Options with their defaults filled in, where they differ from those given. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The seed of a run that names none. */
export const DEFAULT_SEED = 42;

/**
 * Runs a mode: engine, connection test, plan, warm-up, cells.
 *
 * @param makePlan Called once, with an engine that is known to answer.
 * @returns The run and its folder; a run in which a cell failed says so.
 * @throws {UsageError} For options that cannot work.
 * @throws {RunError} When the engine cannot be had, or a record cannot be written.
 * @throws The signal's reason, when it was aborted before the run began.
 */
export async function runOnline(
  options: OnlineOptions,
  makePlan: (engine: OpenEngine) => Promise<ModePlan>,
): Promise<{ run: Run; folder: string }> {
  const { seed = DEFAULT_SEED, warmup = 8, outputDir = "data/runs", onNote = () => {}, signal } = options;
  await using engine = await openEngine(options);
  const { line } = engine;
  signal?.throwIfAborted();
  if (options.virtualTime) onNote("virtual time: computed, not measured");
  if (options.baseUrl !== undefined) onNote(`testing the connection to ${line.target.baseUrl} …`);
  await testConnection(line);
  onNote(`${engine.info.description} answers, model ${line.target.model}`);
  signal?.throwIfAborted();

  const { shortName, options: filledIn, ...planned } = await makePlan(engine);
  const modePlan = options.resetCacheBeforeCells === true
    ? { ...planned, cells: planned.cells.map((cell) => ({ ...cell, resetsCache: true })) }
    : planned;
  const { notes, skipped } = modePlan.workload;
  for (const note of notes) onNote(note);
  if (skipped.length > 0) onNote(`${skipped.length} rows are left out: ${skipped[0]?.reason}`);
  signal?.throwIfAborted();

  const plan: RunPlan = {
    ...modePlan,
    runId: options.runId ?? makeRunId(shortName, engine.profile.name),
    title: `${line.target.model}: ${modePlan.title}${
      line.clock.kind === "virtual" ? ", in virtual time" : ""
    }`,
    command: options.command ?? [],
    options: recordOptions({
      ...options,
      ...{ seed, warmup, outputDir, transport: line.transport.name },
      ...filledIn,
    }),
    seed,
    engine: engine.info,
    model: line.target.model,
  };
  options.onPlan?.(plan, expectedDurationMs(plan.cells));
  await warmUp(line, warmUpPrompts(warmup, seed));
  signal?.throwIfAborted();
  await using engines = new EngineSwitch({ engine, options, warmUps: warmUpPrompts(warmup, seed) });
  return await runCells(plan, {
    ...await engines.use(),
    switchEngine: (simulator) => engines.switchTo(simulator),
    outputDir,
    saveRequests: options.saveRequests,
    signal,
    onNote,
    onEvent: options.onEvent,
  });
}

/** Texts unlike any block of a workload: they begin with a word that is not in the list. */
function warmUpPrompts(count: number, seed: number): string[] {
  const random = createRandom(seed).fork("warm-up");
  const word = () => words[random.int(0, words.length - 1)];
  return Array.from(
    { length: count },
    (_, i) => `Warm-up ${i}: ${Array.from({ length: 64 }, word).join(" ")}`,
  );
}

/** Spans of the schedules and the lead before each. */
function expectedDurationMs(cells: readonly CellPlan[]): number {
  return cells.reduce((sum, { schedule }) => {
    return sum + LEAD_MS + (schedule.kind === "open" ? schedule.arrivalsMs.at(-1) ?? 0 : 0);
  }, 0);
}

/** "2026-11-22T134501123-qwen-simulated": sorts by time, safe as a file name. */
function makeRunId(mode: string, engine: string): string {
  const time = new Date().toISOString().slice(0, 23).replaceAll(/[:.]/g, "");
  return `${time}-${mode}-${engine.replaceAll(/[^A-Za-z0-9.-]/g, "_")}`;
}

/** The options that shaped the run, as JSON; functions, signals and secrets stay out. */
function recordOptions(
  options: OnlineOptions & { readonly tokenizerPath?: string } & Readonly<Record<string, unknown>>,
): JsonObject {
  const {
    apiKey: _key,
    signal: _signal,
    command: _command,
    profile,
    headers = {},
    tokenizerPath,
    simulator = {},
    ...rest
  } = options;
  const recorded = {
    ...rest,
    ...(rest.baseUrl === undefined ? { simulator } : {}),
    ...(profile === undefined ? {} : { engine: profile.name }),
    headerNames: Object.keys(headers),
    resetCacheUrl: rest.resetCacheUrl && shownUrl(rest.resetCacheUrl),
    prometheusUrl: rest.prometheusUrl && shownUrl(rest.prometheusUrl),
    tokenizer: tokenizerPath && basename(tokenizerPath),
  };
  return JSON.parse(JSON.stringify(recorded));
}
