/**
 * The middle of every online mode: drive cell after cell, record first, summarise after.
 *
 * @module
 */
import { readEnvironment } from "../artifact/environment.ts";
import { describeEnding } from "../artifact/schema.ts";
import { createRun, type RunWriter } from "../artifact/write.ts";
import {
  drive,
  type DriveOptions,
  driveSessions,
  newProgress,
  type Progress,
  type SessionLoad,
} from "../client/mod.ts";
import { RunError } from "../errors.ts";
import {
  type CellDigest,
  type CellSummary,
  digestCell,
  keepDigest,
  measureGoodput,
  sloOf,
  summarizeDigest,
} from "../metrics/mod.ts";
import type {
  CacheCounts,
  CacheReset,
  Cell,
  List,
  RequestRecord,
  RequestSpec,
  Run,
  RunManifest,
  Schedule,
  TelemetryLine,
} from "../types.ts";
import type { SimulatorOptions } from "../simulator/options.ts";
import type { Line } from "./connect.ts";
import { deriveFiles } from "./derive.ts";
import type { TelemetryPlan } from "./plan_telemetry.ts";
import { type CacheResetTarget, resetCache } from "./reset_cache.ts";
import type { SimulatorReports } from "./simulator_reports.ts";
import { cannotWrite, TelemetryLog } from "./telemetry_log.ts";
import { CellWatch } from "./watch_cells.ts";

/** A cell with what is to be sent in it. */
export interface CellPlan {
  readonly label: string;
  readonly parameters: Cell["parameters"];
  readonly requests: List<RequestSpec>;
  /** Conversations, in place of `requests`, which is empty then; the schedule says how many go on at a time. */
  readonly sessions?: Omit<SessionLoad, "concurrency">;
  /** Answer tokens asked for, all requests together; 0 where the server decides. */
  readonly outputTokens: number;
  readonly schedule: Schedule;
  /** `null` in closed loop. */
  readonly offeredRequestsPerS: number | null;
  /** Options of the embedded engine that the cell is asked of. @default those of the run */
  readonly simulator?: SimulatorOptions;
  /** Whether the engine's prefix cache is emptied before the cell. @default false */
  readonly resetsCache?: boolean;
  /**
   * Says what an unlimited prefix cache would have had of the cell's prompts. Called once, when the cell has ended, cell after
   * cell; `wasReset` tells that the cache was emptied before it.
   */
  readonly theoreticalCache?: (wasReset: boolean) => CacheCounts | undefined;
}

/** Requests that a cell will send if nothing fails. */
export function countRequests({ requests, sessions }: Pick<CellPlan, "requests" | "sessions">): number {
  if (sessions === undefined) return requests.length;
  return Iterator.from(sessions.sessions).reduce((sum, { turns }) => sum + turns, 0);
}

/** What a mode knows about its run before it starts. */
export type RunPlan =
  & Omit<
    RunManifest,
    | "schemaVersion"
    | "status"
    | "error"
    | "startedAt"
    | "cells"
    | "environment"
    | "clockAnchors"
    | "clock"
    | "transport"
  >
  & {
    readonly cells: readonly CellPlan[];
    /**
     * After a cell in which nothing succeeded: "stop" ends the run, as what follows would fail the same way; "go-on"
     * runs the next one, and the run has failed only when no cell succeeded. @default "stop"
     */
    readonly onCellFailure?: "stop" | "go-on";
  };

/** What happens during a run, for a display. */
export type RunEvent =
  | {
    readonly kind: "cellStart";
    readonly cell: Cell;
    readonly plan: CellPlan;
    readonly progress: Readonly<Progress>;
  }
  | {
    readonly kind: "cellEnd";
    readonly cell: Cell;
    readonly summary: CellSummary;
    readonly digest: CellDigest;
    /** Of the run so far. */
    readonly telemetry: readonly TelemetryLine[];
    /** The cell's records, read from disk when they are asked for. */
    readonly records: Iterable<RequestRecord>;
  };

/** An engine that cells are asked of. */
export interface EngineInUse {
  readonly line: Line;
  /** What a simulated engine tells about itself. */
  readonly reports?: SimulatorReports;
  /** Where the prefix cache is emptied; `null` where it cannot be. @default null */
  readonly cacheReset?: CacheResetTarget | null;
  /** What its own metrics are read from; `null` where they are not. @default null */
  readonly telemetry?: TelemetryPlan | null;
  /** In words. */
  readonly description?: string;
}

/** What running needs beside the plan. */
export interface RunCellsOptions extends EngineInUse {
  /** Folder of all runs. */
  readonly outputDir: string;
  /**
   * Gives a cell that names options of its own its engine, on the run's clock, and closes the one before; `null` where that one
   * has these options.
   */
  readonly switchEngine?: (simulator: SimulatorOptions) => Promise<EngineInUse | null>;
  /** Whether every request's body is kept, in `payloads.jsonl`. @default false */
  readonly saveRequests?: boolean;
  /** Things a user should know, one sentence each. */
  readonly onNote?: (note: string) => void;
  /** Called before each cell. */
  readonly beforeCell?: () => void;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

/**
 * Runs a plan.
 *
 * Every record is on disk when its request has ended, and digested; it is not kept, so that a run does not have to fit
 * into memory. A cell in which nothing succeeds ends the run, unless the plan goes on. An aborted signal ends it too,
 * cleanly: what was measured stays, marked interrupted.
 *
 * @returns The run as an artifact reader would read it, and its folder.
 * @throws {RunError} When a record cannot be written.
 */
export async function runCells(
  plan: RunPlan,
  options: RunCellsOptions,
): Promise<{ run: Run; folder: string }> {
  const { signal, onEvent } = options;
  let engine: EngineInUse = options;
  let manifest = startManifest(plan, options);
  using writer = createRun(options.outputDir, manifest);
  const telemetry = new TelemetryLog(writer);
  const watch = (engine: EngineInUse) =>
    new CellWatch({
      ...engine,
      anchor: anchor(engine.line),
      onLine: (line) => telemetry.add(line),
      onNote: options.onNote,
    });
  let watching = watch(engine);
  const watches = new Map<number, CellWatch>();
  const update = (change: Partial<RunManifest>) => {
    manifest = { ...manifest, ...change };
    writer.writeManifest(manifest);
  };
  const updateCell = (index: number, change: Partial<Cell>) => {
    update({ cells: manifest.cells.map((cell) => cell.index === index ? { ...cell, ...change } : cell) });
    return cellAt(manifest, index);
  };

  const digests = new Map<number, CellDigest>();
  const goesOn = plan.onCellFailure === "go-on";
  /** Of the cells in which nothing succeeded. */
  const failures: string[] = [];
  for (const [index, cellPlan] of plan.cells.entries()) {
    if (signal?.aborted || (failures.length > 0 && !goesOn)) break;
    const progress = newProgress();
    options.beforeCell?.();
    const other = cellPlan.simulator && await options.switchEngine?.(cellPlan.simulator);
    if (other) {
      engine = other;
      watching = watch(engine);
    }
    const cacheReset = await emptyCache(cellPlan, { ...options, ...engine });
    await watching.begin(index);
    watches.set(index, watching);
    const { digest, endMs } = await runCell(cellPlan, {
      ...{ index, line: engine.line, writer, progress, signal, saveRequests: options.saveRequests },
      onEnd: () => watching.stop(),
      onStart(startMs) {
        watching.follow(startMs);
        const cell = updateCell(index, { status: "running", startMs });
        onEvent?.({ kind: "cellStart", cell, plan: cellPlan, progress });
      },
    });
    digests.set(index, digest);
    const facts = await watching.end();
    telemetry.throwIfLost();
    const nothingWorked = !signal?.aborted && digest.ended.ok === 0;
    if (nothingWorked) failures.push(`no request succeeded at ${cellPlan.label}: ${describeFailure(digest)}`);
    const status = signal?.aborted ? "interrupted" : nothingWorked ? "failed" : "complete";
    // Of an interrupted cell nobody knows which prompts the cache was asked for.
    const theoreticalCache = status === "interrupted"
      ? undefined
      : cellPlan.theoreticalCache?.(cacheReset?.done ?? false);
    const cell = updateCell(index, {
      ...{ status, endMs },
      ...(cellPlan.simulator === undefined ? {} : { engine: engine.description }),
      ...(cacheReset === undefined ? {} : { cacheReset }),
      ...(theoreticalCache === undefined ? {} : { theoreticalCache }),
      ...{ ...facts, ...watching.metricsOf(index) },
    });
    const summary = summarizeDigest(cell, digest);
    onEvent?.({
      ...{ kind: "cellEnd", cell, digest, telemetry: telemetry.lines },
      summary: { ...summary, goodput: measureGoodput(digest, { cell: summary, slo: sloOf(manifest) }) },
      records: { [Symbol.iterator]: () => recordsOfCell(writer, index) },
    });
  }

  const error = goesOn && failures.length < plan.cells.length ? undefined : failures[0];
  const status = error !== undefined ? "failed" : signal?.aborted ? "interrupted" : "complete";
  update({
    status,
    cells: manifest.cells.map((cell) => ({ ...cell, ...watches.get(cell.index)?.metricsOf(cell.index) })),
    ...(error === undefined ? {} : { error }),
    clockAnchors: [...manifest.clockAnchors, anchor(options.line)],
  });
  const run: Run = {
    manifest,
    records: writer.records(),
    telemetry: telemetry.lines,
    incomplete: status !== "complete",
    problems: describeEnding(manifest),
  };
  keepDigest(
    run,
    new Map(manifest.cells.map((cell) => [cell.index, digests.get(cell.index) ?? digestCell(cell)])),
  );
  writeDerived(run, writer);
  return { run, folder: writer.folder };
}

/** Empties the engine's prefix cache where the plan wants it and the engine can. */
async function emptyCache(
  plan: CellPlan,
  { line, cacheReset, onNote }: RunCellsOptions,
): Promise<CacheReset | undefined> {
  if (!plan.resetsCache || !cacheReset) return undefined;
  const reset = await resetCache(line, cacheReset);
  if (!reset.done) onNote?.(reset.message);
  return reset;
}

function writeDerived(run: Run, writer: RunWriter): void {
  try {
    for (const { name, pieces } of deriveFiles(run)) writer.writePieces(name, pieces);
  } catch (cause) {
    if (!(cause instanceof RunError)) throw cause;
    throw new RunError(
      `${cause.message}. Everything measured is in ${writer.folder}; deno task report makes the rest of it later`,
      { cause },
    );
  }
}

interface CellContext {
  readonly index: number;
  readonly line: Line;
  readonly writer: RunWriter;
  readonly progress: Progress;
  readonly saveRequests?: boolean;
  readonly signal?: AbortSignal;
  readonly onStart: (startMs: number) => void;
  /** Called at the event that ends the load. */
  readonly onEnd: () => void;
}

/** Drives one cell. @returns Its records, digested. */
async function runCell(
  plan: CellPlan,
  context: CellContext,
): Promise<{ readonly digest: CellDigest; readonly endMs: number }> {
  const { index, line, writer, progress } = context;
  let digest = digestCell({ startMs: null });
  const broken = new AbortController();
  const sent: RequestSpec[] = [];
  const options: DriveOptions = {
    ...line,
    cell: index,
    progress,
    ...(context.saveRequests ? { onRequest: (request: RequestSpec) => sent.push(request) } : {}),
    onEnd: context.onEnd,
    onStart(startMs) {
      digest = digestCell({ startMs });
      context.onStart(startMs);
    },
    signal: AbortSignal.any([broken.signal, ...(context.signal ? [context.signal] : [])]),
    onRecord(record) {
      if (broken.signal.aborted) return;
      try {
        writer.append(record);
      } catch (cause) {
        broken.abort(cause);
      }
      digest.add(record);
    },
  };
  const { endMs } = await line.clock.settle(driveCell(plan, options));
  // Afterwards: writing them meanwhile would make the next ones late.
  for (const request of sent) {
    const payload = JSON.parse(line.target.protocol.body(request, line.target));
    writer.appendLine("payloads.jsonl", { cell: index, id: request.id, payload });
  }
  if (broken.signal.aborted) throw cannotWrite(writer, broken.signal.reason);
  return { digest, endMs };
}

function driveCell(
  { requests, sessions, schedule }: CellPlan,
  options: DriveOptions,
): ReturnType<typeof drive> {
  if (sessions === undefined) return drive(requests, schedule, options);
  if (schedule.kind !== "closed") throw new RangeError("Cannot drive conversations in open loop");
  return driveSessions({ ...sessions, concurrency: schedule.concurrency }, options);
}

function recordsOfCell(writer: RunWriter, index: number): IteratorObject<RequestRecord> {
  return Iterator.from(writer.records()).filter(({ cell }) => cell === index);
}

function startManifest(
  { onCellFailure: _, ...plan }: RunPlan,
  options: RunCellsOptions,
): RunManifest {
  return {
    ...plan,
    schemaVersion: 1,
    status: "running",
    startedAt: new Date().toISOString(),
    transport: options.line.transport.name,
    cells: plan.cells.map((cell, index) => ({
      index,
      label: cell.label,
      parameters: cell.parameters,
      schedule: cell.schedule.kind,
      requestCount: countRequests(cell),
      offeredRequestsPerS: cell.offeredRequestsPerS,
      startMs: null,
      endMs: null,
      status: "planned",
    })),
    environment: readEnvironment(),
    clockAnchors: [anchor(options.line)],
    clock: options.line.clock.kind,
  };
}

function anchor(line: Line): { wallMs: number; monotonicMs: number } {
  return { wallMs: Date.now(), monotonicMs: line.clock.now() };
}

function cellAt(manifest: RunManifest, index: number): Cell {
  const cell = manifest.cells[index];
  if (cell === undefined) throw new RangeError(`Cannot find cell as the run has no index ${index}`);
  return cell;
}

function describeFailure(digest: CellDigest): string {
  return digest.failures()[0]?.message ?? "there were none";
}
