/**
 * A grid of engine options as YAML.
 *
 * ```yaml
 * engine: { tp: [2, 4], cache: [radix, naive] }
 * scales: [0.4, 0.8]
 * trace: synthetic
 * requests: 200
 * slo: { ttft_ms: 1000, tpot_ms: { p50: 25, p99: 50 } }
 * ```
 *
 * @module
 */
import type { LatencyLimit, LatencyLimits } from "../metrics/latency_limits.ts";
import { sloLatencies, type SloPercentile, sloPercentiles } from "../metrics/slo.ts";
import { parseYaml } from "../yaml.ts";
import { type EngineGrid, gridKeys } from "./engine_grid.ts";
import { readObject } from "./yaml_object.ts";

/** What a grid file may say; everything may be absent. */
export interface GridFile {
  /** Values per option. Presets are names or paths, still to be read. */
  readonly engine: Omit<EngineGrid, "preset"> & { readonly preset?: readonly string[] };
  readonly scales?: readonly number[];
  readonly trace?: string;
  readonly requests?: number;
  readonly seed?: number;
  readonly slo?: LatencyLimits;
}

type Kind = "text" | "count" | "seed" | "number" | "flag";

const ENGINE: Readonly<Record<keyof EngineGrid, Kind>> = {
  preset: "text",
  engine: "text",
  model: "text",
  gpu: "text",
  tp: "count",
  cache: "text",
  pageTokens: "count",
  memoryRatio: "number",
  maxRunningRequests: "count",
  prefillBudgetTokens: "count",
  overlap: "flag",
};

/** The percentile of a limit that names none. */
export const DEFAULT_SLO_PERCENTILE: SloPercentile = "p99";

/**
 * Reads a grid file.
 *
 * @param name File name for messages.
 * @throws {SyntaxError} When it is not YAML.
 * @throws {RangeError} When a name is not known or a value cannot be; the message has the nearest name.
 * @example
 * ```ts
 * import { parseGridFile } from "./grid_file.ts";
 * import assert from "node:assert/strict";
 *
 * const grid = parseGridFile("engine: { tp: [2, 4], gpu: H100 }\nslo: { ttft_ms: 500 }", "grid.yaml");
 * assert.deepEqual(grid.engine, { tp: [2, 4], gpu: ["H100"] });
 * assert.deepEqual(grid.slo, [{ metric: "ttft", percentile: "p99", limitMs: 500 }]);
 * ```
 */
export function parseGridFile(text: string, name: string): GridFile {
  const file = readObject(parseYaml(text, name) ?? {}, {
    at: name,
    keys: ["engine", "scales", "trace", "requests", "seed", "slo"],
  });
  const one = (key: string, kind: Kind) =>
    file[key] === undefined ? {} : { [key]: readValue(file[key], kind, `${name}: ${key}`) };
  return {
    engine: readEngine(file.engine ?? {}, `${name}: engine`),
    ...(file.scales === undefined ? {} : { scales: readList(file.scales, "number", `${name}: scales`) }),
    ...one("trace", "text"),
    ...one("requests", "count"),
    ...one("seed", "seed"),
    ...(file.slo === undefined ? {} : { slo: readSlo(file.slo, `${name}: slo`) }),
  };
}

function readEngine(value: unknown, at: string): GridFile["engine"] {
  const options = readObject(value, { at, keys: gridKeys });
  return Object.fromEntries(
    gridKeys.flatMap((key) =>
      options[key] === undefined ? [] : [[key, readList(options[key], ENGINE[key], `${at}: ${key}`)]]
    ),
  );
}

function readSlo(value: unknown, at: string): LatencyLimits {
  const limits = readObject(value, { at, keys: sloLatencies.map((metric) => `${metric}_ms`) });
  return sloLatencies.flatMap((metric): LatencyLimit[] => {
    const limit = limits[`${metric}_ms`];
    if (limit === undefined) return [];
    const here = `${at}: ${metric}_ms`;
    if (typeof limit === "number") {
      return [{ metric, percentile: DEFAULT_SLO_PERCENTILE, limitMs: readValue(limit, "number", here) }];
    }
    const byPercentile = readObject(limit, { at: here, keys: sloPercentiles });
    return sloPercentiles.flatMap((percentile) => {
      const limitMs = byPercentile[percentile];
      if (limitMs === undefined) return [];
      return [{
        metric,
        percentile,
        limitMs: readValue<number>(limitMs, "number", `${here}: ${percentile}`),
      }];
    });
  });
}

/** A list, or one value in its place. */
function readList<T>(value: unknown, kind: Kind, at: string): T[] {
  const values = Array.isArray(value) ? value : [value];
  if (values.length === 0) throw new RangeError(`Cannot read ${at} as it has no values`);
  return values.map((one) => readValue<T>(one, kind, at));
}

const kinds: Readonly<
  Record<Kind, { readonly what: string; readonly isRight: (value: unknown) => boolean }>
> = {
  text: { what: "text", isRight: (value) => typeof value === "string" },
  flag: { what: "true or false", isRight: (value) => typeof value === "boolean" },
  count: {
    what: "a whole number ≥ 1",
    isRight: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
  },
  seed: { what: "a whole number ≥ 0", isRight: (value) => Number.isSafeInteger(value) && Number(value) >= 0 },
  number: {
    what: "a number > 0",
    isRight: (value) => typeof value === "number" && value > 0 && value < Infinity,
  },
};

function readValue<T>(value: unknown, kind: Kind, at: string): T {
  const { what, isRight } = kinds[kind];
  if (isRight(value)) return value as T;
  throw new RangeError(`Cannot read ${at} as it must be ${what}: it is ${JSON.stringify(value)}`);
}
