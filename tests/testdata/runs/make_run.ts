/**
 * Synthetic runs for tests: a toy engine in closed form, so that figures and pages have something of a realistic shape
 * to show. Nothing here was measured, and every manifest says so.
 *
 * @module
 */
import { createRandom, type Random } from "../../../lib/random.ts";
import type { Cell, Outcome, RequestRecord, Run, RunManifest } from "../../../lib/types.ts";

/** What {@linkcode makeRun} makes. */
export interface MakeRunOptions {
  /** @default {[0.4, 0.5, 0.6, 0.7, 0.8, 1.6]} */
  readonly scales?: readonly number[];
  /** Requests per cell. @default {120} */
  readonly requests?: number;
  /** Mean answer length in tokens. @default {160} */
  readonly outputTokens?: number;
  /** Share of requests that fail at the highest load. @default {0.01} */
  readonly failureRatio?: number;
  readonly seed?: number;
  /** Laid over the generated manifest. */
  readonly manifest?: Partial<RunManifest>;
}

/** Makes a run in which load, and with it latency, rises as the scale factor falls. */
export function makeRun(
  options: MakeRunOptions = {},
): Run {
  const { scales = [0.4, 0.5, 0.6, 0.7, 0.8, 1.6], requests = 120, outputTokens = 160 } = options;
  const { failureRatio = 0.01, seed = 1, manifest } = options;
  const random = createRandom(seed);
  const trace = drawTrace(random.fork("trace"), requests, outputTokens);
  const cells: Cell[] = [];
  const records: RequestRecord[] = [];
  let startMs = 1000;
  for (const [index, scale] of scales.entries()) {
    const options = { index, scale, startMs, failureRatio: failureRatio * Math.min(1, 0.4 / scale) };
    const cellRecords = replay(trace, random.fork(`cell ${index}`), options);
    const endMs = Math.max(startMs, ...cellRecords.map((record) => record.doneMs));
    records.push(...cellRecords);
    cells.push(makeCell({ index, scale, startMs, endMs, trace }));
    startMs = endMs + 1000;
  }
  return { manifest: { ...makeManifest(cells, requests, seed), ...manifest }, records, telemetry: [], incomplete: false, problems: [] };
}

interface Row {
  readonly arrivalMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

function drawTrace(random: Random, requests: number, meanOutputTokens: number): Row[] {
  let arrivalMs = 0;
  return Array.from({ length: requests }, () => {
    const row = {
      arrivalMs,
      inputTokens: Math.ceil(Math.min(30_000, random.lognormal(2200, 1.1))),
      outputTokens: Math.ceil(Math.min(4000, random.lognormal(meanOutputTokens, 0.9))),
    };
    arrivalMs += random.exponential(120);
    return row;
  });
}

/** One prefill at a time, first come first served; gaps between tokens grow with the requests in flight. */
function replay(
  trace: readonly Row[],
  random: Random,
  options: { index: number; scale: number; startMs: number; failureRatio: number },
): RequestRecord[] {
  let prefillFreeMs = 0;
  const endsMs: number[] = [];
  return trace.map((row, id) => {
    const scheduledMs = options.startMs + row.arrivalMs * options.scale;
    const sentMs = scheduledMs + random.lognormal(0.15, 0.8);
    prefillFreeMs = Math.max(prefillFreeMs, sentMs) + 6 + row.inputTokens * 0.017;
    const inFlight = endsMs.filter((endMs) => endMs > sentMs).length;
    const ticsMs = drawTics(random, { firstMs: prefillFreeMs, tokens: row.outputTokens, gapMs: 7 + 0.11 * inFlight });
    const doneMs = (ticsMs.at(-1) ?? sentMs) + 0.4;
    endsMs.push(doneMs);
    const record = {
      cell: options.index,
      id,
      scheduledMs: round(scheduledMs),
      sentMs: round(sentMs),
      connectMs: 0,
      freshConnection: id === 0,
      headersMs: round(sentMs + 1.5),
      ticsMs,
      controlMs: [round(sentMs + 1.5)],
      doneMs: round(doneMs),
      inputTokens: row.inputTokens,
      outputTokens: row.outputTokens,
    };
    const failure = drawFailure(random, options.failureRatio);
    if (failure !== null) return { ...record, ticsMs: ticsMs.slice(0, 3), outcome: failure };
    return {
      ...record,
      usage: { promptTokens: row.inputTokens, completionTokens: ticsMs.length },
      outcome: { kind: "ok", finishReason: "length" },
    };
  });
}

function drawTics(random: Random, { firstMs, tokens, gapMs }: { firstMs: number; tokens: number; gapMs: number }) {
  let atMs = firstMs;
  return Array.from({ length: tokens }, (_, i) => {
    if (i > 0) atMs += random.float() < 0.01 ? gapMs * 6 : random.lognormal(gapMs, 0.15);
    return round(atMs);
  });
}

function drawFailure(random: Random, ratio: number): Outcome | null {
  const draw = random.float();
  if (draw >= ratio) return null;
  if (draw < ratio / 3) {
    return { kind: "failed", failure: "http", message: "503 Service Unavailable", status: 503 };
  }
  return { kind: "failed", failure: "timeout", message: "no end within 300 s" };
}

function makeCell(
  { index, scale, startMs, endMs, trace }: {
    index: number;
    scale: number;
    startMs: number;
    endMs: number;
    trace: readonly Row[];
  },
): Cell {
  const spanMs = (trace.at(-1)?.arrivalMs ?? 0) * scale;
  return {
    index,
    label: `${scale}×`,
    parameters: { scale },
    schedule: "open",
    requestCount: trace.length,
    offeredRequestsPerS: spanMs > 0 ? (trace.length - 1) / spanMs * 1000 : null,
    startMs,
    endMs,
    status: "complete",
  };
}

function makeManifest(cells: readonly Cell[], requests: number, seed: number): RunManifest {
  return {
    schemaVersion: 1,
    runId: "2026-01-02-synthetic-test-run",
    mode: "trace-replay",
    title: "Trace replay of a synthetic test fixture",
    status: "complete",
    startedAt: "2026-01-02T03:04:05.000Z",
    command: ["deno", "task", "bench:qwen", "--scales", cells.map((cell) => cell.parameters.scale).join(",")],
    options: { requests, scales: cells.map((cell) => cell.parameters.scale ?? null) },
    seed,
    engine: {
      name: "simulated",
      simulated: true,
      description: "a toy engine in closed form, for tests of figures and pages",
      baseUrl: "http://127.0.0.1:1919/v1",
    },
    model: "Qwen/Qwen3-32B",
    workload: {
      trace: {
        name: "synthetic",
        format: "qwen-bailian",
        blockTokens: 16,
        source: { kind: "synthetic", note: "drawn by a test fixture", seed, sha256: "0".repeat(64) },
        requests,
        spanMs: requests * 120,
      },
      prompts: { kind: "dummy", sha256: "0".repeat(64), templateTokens: 8, lengthCheck: "assumed" },
      skipped: [{ id: 7, reason: "prompt of 41,000 tokens is longer than the context of 40,960" }],
      notes: ["Lengths and arrivals were drawn from distributions, not recorded from users."],
    },
    transport: "node",
    cells,
    environment: {
      benchbook: "0.1.0",
      deno: "2.9.6",
      v8: "15.0",
      os: "linux",
      arch: "x86_64",
      cpuCores: 2,
      cpuModel: null,
      memoryBytes: 8 * 2 ** 30,
      hostname: null,
    },
    clockAnchors: [{ wallMs: 1767323045000, monotonicMs: 0 }],
    clock: "virtual",
  };
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
