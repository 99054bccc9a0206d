/**
 * Other tools' numbers from our tics.
 *
 * To add a tool: write its file, add it to {@linkcode dialects}, put its hand-computed numbers into tests/golden/dialects.
 *
 * @module
 */
import type { Cell, RequestRecord, Run } from "../../types.ts";
import { type CellDigest, digestRun, e2e, itl, tpot, ttft } from "../mod.ts";
import { sloOf } from "../slo.ts";
import { aiperf } from "./aiperf.ts";
import type { Dialect, DialectName, DialectOptions, DialectRow } from "./dialect.ts";
import { guidellm } from "./guidellm.ts";
import { miniSglang } from "./mini_sglang.ts";
import { sglang } from "./sglang.ts";
import { vllm } from "./vllm.ts";
import { withholdUnknown } from "./withhold.ts";

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

/** A pass over the records of a run that computes every tool's numbers. */
export interface DialectsPass {
  /** Takes in a record; each one of the run must come once, in any order. */
  add(record: RequestRecord): void;
  /** The numbers; they are kept for {@linkcode measureDialects}. */
  end(): RunDialects;
}

/** Begins a pass, for who reads the records anyway. What the run's digest has counted is not counted again. */
export function beginDialects(run: Run): DialectsPass {
  const slo = sloOf(run.manifest);
  const digests = digestRun(run);
  const begun = new Map(run.manifest.cells.map((cell) => [
    cell.index,
    beginAll(cell, { slo, ...knownOf(digests.get(cell.index)) }),
  ]));
  return {
    add(record) {
      for (const { collector } of begun.get(record.cell) ?? []) collector.add(record);
    },
    end() {
      const numbers = new Map([...begun].map(([index, tools]) => [index, tools.map(numbersOf)]));
      measured.set(run, numbers);
      return numbers;
    },
  };
}

/** Computes every tool's numbers for every cell, in one pass over the records; once per run, later calls give the same. */
export function measureDialects(run: Run): RunDialects {
  const known = measured.get(run);
  if (known !== undefined) return known;
  const pass = beginDialects(run);
  for (const record of run.records) pass.add(record);
  return pass.end();
}

/** Each tool once, with every row from the first cell that has a value for it, where one has. */
export function describeTools(numbers: RunDialects): ToolNumbers[] {
  const cells = [...numbers.values()];
  return (cells[0] ?? []).map((tool, place) => ({
    ...tool,
    rows: tool.rows.map((row, at) =>
      cells.map((tools) => tools[place]?.rows[at]).find((one) => one !== undefined && one.value !== null) ??
        row
    ),
  }));
}

function knownOf(digest: CellDigest | undefined): Pick<DialectOptions, "firstSuccessMs" | "ours"> {
  if (digest === undefined) return {};
  const first = digest.points().find(({ outcome }) => outcome === "ok");
  return {
    firstSuccessMs: first?.sentMs ?? null,
    ours: {
      ttft: digest.sample(ttft),
      tpot: digest.sample(tpot),
      itl: digest.sample(itl),
      e2e: digest.sample(e2e),
    },
  };
}

function numbersOf({ dialect, collector }: ReturnType<typeof beginAll>[number]): ToolNumbers {
  const { name, label, source } = dialect;
  return { name, label, source, rows: collector.rows() };
}

function beginAll({ startMs }: Pick<Cell, "startMs">, options: DialectOptions) {
  return dialects.map((dialect) => ({
    dialect,
    collector: withholdUnknown(dialect.begin({ ...options, startMs })),
  }));
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
