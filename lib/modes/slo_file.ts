/**
 * A service level objective as YAML, in either of two forms. The first compares with < (a rate with >):
 *
 * ```yaml
 * slo: { ttft_ms: 1000, itl_ms: 50, latency_ms: { p99: 10000 }, output_token_throughput: 10 }
 * ```
 *
 * and the second with ≤ and ≥:
 *
 * ```yaml
 * constraints: { ttft_ms: { max: 1000, p99: 800 }, output_token_throughput: { min: 10 } }
 * ```
 *
 * `name` and `attainment` may stand beside either.
 *
 * @module
 */
import { type Slo, type SloLimit, type SloMetric, sloPercentiles, type SloSign } from "../metrics/slo.ts";
import { suggest } from "../suggest.ts";
import { parseYaml } from "../yaml.ts";

/** Names of limits in a file. */
const METRICS = {
  ttft_ms: "ttft",
  tpot_ms: "tpot",
  itl_ms: "itl",
  latency_ms: "e2e",
  e2e_ms: "e2e",
  output_token_throughput: "outputRate",
} as const satisfies Readonly<Record<string, SloMetric>>;

type LimitName = keyof typeof METRICS;

const NAMES = Object.keys(METRICS);

function isLimitName(name: string): name is LimitName {
  return Object.hasOwn(METRICS, name);
}

/** Where in a file something stands: "slo.yaml: slo: ttft_ms". */
type Place = string;

/**
 * Reads an objective.
 *
 * @param name File name for messages.
 * @throws {SyntaxError} When it is not YAML, has a name that is not known, or a value that cannot be. The message says where,
 * and has the nearest name.
 * @example
 * ```ts
 * import { parseSloFile } from "./slo_file.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(parseSloFile("slo: { ttft_ms: 1000, itl_ms: { p99: 80 } }\nattainment: 0.95", "slo.yaml"), {
 *   name: null,
 *   attainment: 0.95,
 *   limits: [
 *     { metric: "ttft", percentile: null, sign: "<", value: 1000 },
 *     { metric: "itl", percentile: "p99", sign: "<", value: 80 },
 *   ],
 * });
 * ```
 */
export function parseSloFile(text: string, name: string): Slo {
  const value = parseYaml(text, name);
  if (value === null || value === undefined) {
    throw new SyntaxError(
      `Cannot read ${name} as it is empty: write limits, such as "slo: { ttft_ms: 1000 }"`,
    );
  }
  const file = readObject(value, name);
  checkTopLevel(file, name);
  return {
    name: readName(file.name, `${name}: name`),
    attainment: readAttainment(file.attainment, `${name}: attainment`),
    limits: file.slo === undefined
      ? readLimits(file.constraints, `${name}: constraints`, readConstraint)
      : readLimits(file.slo, `${name}: slo`, readPlainLimit),
  };
}

function checkTopLevel(file: YamlObject, name: string): void {
  const limit = Object.keys(file).find((key) => isLimitName(key));
  if (limit !== undefined) {
    throw new SyntaxError(
      `Cannot read ${name} as "${limit}" stands at the top: put the limits under "slo:" or "constraints:"`,
    );
  }
  checkKeys(file, { at: name, keys: ["name", "attainment", "slo", "constraints"] });
  if (file.slo !== undefined && file.constraints !== undefined) {
    throw new SyntaxError(
      `Cannot read ${name} as it has both "slo" and "constraints", which compare differently (< and ≤): keep one`,
    );
  }
  if (file.slo === undefined && file.constraints === undefined) {
    throw new SyntaxError(
      `Cannot read ${name} as it has no limits: write them under "slo:", such as "slo: { ttft_ms: 1000 }"`,
    );
  }
}

function readName(value: unknown, at: Place): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value;
  throw wrong(at, "text", value, "put it in quotes");
}

function readAttainment(value: unknown, at: Place): number {
  if (value === undefined) return 1;
  if (typeof value === "number" && value > 0 && value <= 1) return value;
  throw wrong(at, "a share above 0 and up to 1", value, "write 0.95 for 95 %");
}

type ReadLimit = (value: unknown, at: Place, name: LimitName) => readonly SloLimit[];

function readLimits(value: unknown, at: Place, readLimit: ReadLimit): SloLimit[] {
  const object = readObject(value, at);
  checkKeys(object, { at, keys: NAMES });
  if (object.latency_ms !== undefined && object.e2e_ms !== undefined) {
    throw new SyntaxError(`Cannot read ${at} as "latency_ms" and "e2e_ms" are the same latency: keep one`);
  }
  const names = Object.keys(object).filter(isLimitName);
  if (names.length === 0) {
    throw new SyntaxError(`Cannot read ${at} as it has no limits: it may have ${NAMES.join(", ")}`);
  }
  return names.flatMap((name) => readLimit(object[name], `${at}: ${name}`, name));
}

/** `ttft_ms: 1000` or `ttft_ms: { p99: 1000 }`. */
function readPlainLimit(value: unknown, at: Place, name: LimitName): readonly SloLimit[] {
  const metric = METRICS[name];
  const sign = metric === "outputRate" ? ">" : "<";
  if (!isObject(value)) {
    const what = 'a number > 0 or percentiles such as "{ p99: 1000 }"';
    return [{ metric, percentile: null, sign, value: readLimitValue(value, at, what) }];
  }
  if (value.max !== undefined || value.min !== undefined) {
    throw new SyntaxError(
      `Cannot read ${at} as "max" and "min" belong under "constraints:": under "slo:" write "${name}: 1000"`,
    );
  }
  checkKeys(value, { at, keys: sloPercentiles });
  return readPercentiles(value, at, { metric, sign });
}

/** `ttft_ms: { max: 1000, p99: 800 }`. */
function readConstraint(value: unknown, at: Place, name: LimitName): readonly SloLimit[] {
  const metric = METRICS[name];
  const bound = metric === "outputRate" ? "min" : "max";
  const sign = bound === "min" ? "≥" : "≤";
  if (!isObject(value)) {
    throw wrong(at, `"${bound}:" or percentiles`, value, `write "${name}: { ${bound}: 1000 }"`);
  }
  checkKeys(value, { at, keys: [bound, ...sloPercentiles] });
  return [
    ...(value[bound] === undefined ? [] : [
      { metric, percentile: null, sign, value: readLimitValue(value[bound], `${at}: ${bound}`) } as const,
    ]),
    ...readPercentiles(value, at, { metric, sign, isOptional: value[bound] !== undefined }),
  ];
}

function readPercentiles(
  object: YamlObject,
  at: Place,
  { metric, sign, isOptional = false }: {
    readonly metric: SloMetric;
    readonly sign: SloSign;
    readonly isOptional?: boolean;
  },
): readonly SloLimit[] {
  const limits = sloPercentiles.flatMap((percentile) =>
    object[percentile] === undefined
      ? []
      : [{ metric, percentile, sign, value: readLimitValue(object[percentile], `${at}: ${percentile}`) }]
  );
  if (limits.length === 0 && !isOptional) {
    throw new SyntaxError(`Cannot read ${at} as it has no limit: give it one, or take the line out`);
  }
  return limits;
}

function readLimitValue(value: unknown, at: Place, what = "a number > 0"): number {
  if (typeof value === "number" && value > 0 && value < Infinity) return value;
  const hint = typeof value === "string" ? "write the number alone" : "take the line out to set no limit";
  throw wrong(at, what, value, hint);
}

type YamlObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is YamlObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readObject(value: unknown, at: Place): YamlObject {
  if (isObject(value)) return value;
  throw wrong(at, '"name: value" lines', value, 'such as "ttft_ms: 1000" under "slo:"');
}

function checkKeys(
  object: YamlObject,
  { at, keys }: { readonly at: Place; readonly keys: readonly string[] },
): void {
  const unknown = Object.keys(object).find((key) => !keys.includes(key));
  if (unknown === undefined) return;
  throw new SyntaxError(`Cannot read ${at} as it has no "${unknown}"${suggest(unknown, keys)}`);
}

function wrong(at: Place, what: string, value: unknown, hint: string): SyntaxError {
  const shown = typeof value === "number" ? String(value) : JSON.stringify(value) ?? "nothing";
  return new SyntaxError(`Cannot read ${at} as it must be ${what}: current value is ${shown}; ${hint}`);
}
