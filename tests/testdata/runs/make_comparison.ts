import type { ComparisonManifest, StoredComparison } from "../../../lib/comparison.ts";
import { declareComparison } from "../../../lib/metrics/compare/judge_comparison.ts";
import { interleave } from "../../../lib/modes/compare/steps.ts";
import type { Cell, RequestRecord, Run, RunManifest } from "../../../lib/types.ts";
import { makeRecord } from "../record.ts";
import { makeCell, makeSmallRun } from "./small_run.ts";

/** What differs from one cell to the next. */
export interface ComparisonPlace {
  readonly engine: number;
  readonly repeat: number;
  readonly load: number;
}

/** Says what a made comparison holds. */
export interface MadeComparison {
  readonly engines?: readonly string[];
  readonly repeats?: number;
  readonly scales?: readonly number[];
  readonly requests?: number;
  /** From being sent to the first token, and between two tokens; the same for every request by default. */
  readonly ttftMs?: (place: ComparisonPlace & { readonly id: number }) => number;
  readonly itlMs?: (place: ComparisonPlace & { readonly id: number }) => number;
  readonly record?: (record: RequestRecord, place: ComparisonPlace) => RequestRecord | null;
  readonly cell?: (place: ComparisonPlace) => Partial<Cell>;
  readonly manifest?: (place: Omit<ComparisonPlace, "load">) => Partial<RunManifest>;
}

/** A comparison of engines that were asked by the millisecond: request i is sent at 100 i and has 5 tokens. */
export function makeComparison(
  {
    engines = ["a", "b"],
    repeats = 3,
    scales = [1],
    requests = 20,
    ttftMs = () => 50,
    itlMs = () => 5,
    record = (one) => one,
    cell = () => ({}),
    manifest = () => ({}),
  }: MadeComparison = {},
): StoredComparison {
  const runs = new Map<string, Run>();
  const steps = interleave({ engines: engines.length, repeats }).map((step) => {
    const name = `${engines[step.engine]}-${step.repeat}`;
    const cells = scales.map((scale, load) =>
      makeCell({
        ...{ index: load, label: `scale ${scale}`, parameters: { scale }, requestCount: requests },
        ...cell({ ...step, load }),
      })
    );
    const records = scales.flatMap((_, load) =>
      Array.from({ length: requests }, (_, id) => {
        const sentMs = 100 * id;
        const place = { ...step, load, id };
        const [first, gap] = [sentMs + ttftMs(place), itlMs(place)];
        const made = makeRecord(Array.from({ length: 5 }, (_, i) => first + gap * i), {
          ...{ cell: load, id, scheduledMs: sentMs, sentMs },
          usage: { promptTokens: 10, completionTokens: 5, cachedTokens: 0 },
        });
        return record(made, place);
      }).filter((made) => made !== null)
    );
    const run = makeSmallRun(cells, records);
    runs.set(name, {
      ...run,
      manifest: { ...run.manifest, runId: name, cells, status: "complete", ...manifest(step) },
    });
    return { ...step, status: "complete" as const, runs: [name] };
  });
  const head: ComparisonManifest = {
    schemaVersion: 1,
    comparisonId: "test",
    title: engines.join(" against "),
    status: "complete",
    startedAt: "2026-11-22T12:00:00.000Z",
    command: ["deno", "task", "bench:compare"],
    mode: "trace-replay",
    loads: { parameter: "scale", values: scales },
    options: {},
    seed: 42,
    declared: { ...declareComparison(undefined), resamples: 500 },
    repeats,
    engines: engines.map((name) => ({
      ...{ name, kind: "simulated", options: {}, launchCommand: null },
      info: runs.get(`${name}-1`)?.manifest.engine ?? null,
    })),
    steps,
  };
  return { manifest: head, runs };
}
