/**
 * Other tools' numbers from our tics.
 *
 * To add a tool: write its file, add it to {@linkcode dialects}, put its hand-computed numbers into tests/golden/dialects.
 *
 * @module
 */
import type { Cell, Run } from "../../types.ts";
import { sloOf } from "../slo.ts";
import { aiperf } from "./aiperf.ts";
import type { Dialect, DialectName, DialectOptions, DialectRow } from "./dialect.ts";
import { guidellm } from "./guidellm.ts";
import { miniSglang } from "./mini_sglang.ts";
import { sglang } from "./sglang.ts";
import { vllm } from "./vllm.ts";

/** Every tool, in the order tables show them. */
export const dialects: readonly Dialect[] = [vllm, sglang, guidellm, aiperf, miniSglang];

/** What a tool prints of a cell. Plain JSON. */
export interface ToolNumbers {
  readonly name: DialectName;
  readonly label: string;
  readonly source: string;
  readonly rows: readonly DialectRow[];
}

/** The tools' numbers by cell index; a cell without records has them too. */
export type RunDialects = ReadonlyMap<number, readonly ToolNumbers[]>;

const measured = new WeakMap<Run, RunDialects>();

/**
 * Computes every tool's numbers for every cell, in one pass over the records; once per run, later calls give the same.
 */
export function measureDialects(run: Run): RunDialects {
  const known = measured.get(run);
  if (known !== undefined) return known;
  const slo = sloOf(run.manifest);
  const begun = new Map(run.manifest.cells.map((cell) => [cell.index, beginAll(cell, { slo })]));
  for (const record of run.records) {
    for (const { collector } of begun.get(record.cell) ?? []) collector.add(record);
  }
  const numbers = new Map(
    [...begun].map(([index, tools]) => [
      index,
      tools.map(({ dialect: { name, label, source }, collector }) => ({
        ...{ name, label, source },
        rows: collector.rows(),
      })),
    ]),
  );
  measured.set(run, numbers);
  return numbers;
}

function beginAll({ startMs }: Pick<Cell, "startMs">, options: DialectOptions) {
  return dialects.map((dialect) => ({ dialect, collector: dialect.begin({ ...options, startMs }) }));
}

export {
  type Dialect,
  type DialectCollector,
  type DialectName,
  type DialectOptions,
  type DialectRow,
  ourValue,
  type Quantity,
} from "./dialect.ts";
