import { dualRoundTable } from "../../lib/cli/dual_round_table.ts";
import type { Lang } from "../../lib/labels.ts";
import { summarizeRun } from "../../lib/metrics/mod.ts";
import type { Run } from "../../lib/types.ts";
import { makeDualRoundRun, textOf } from "../testdata/runs/dual_round_run.ts";

/** The table of a run's cell. */
export function tableOf(run: Run, { index = 0, lang = "en" }: { index?: number; lang?: Lang } = {}): string {
  const cell = run.manifest.cells[index];
  const summary = summarizeRun(run).cells[index];
  if (cell === undefined || summary === undefined) throw new RangeError(`no cell ${index}`);
  const records = Iterator.from(run.records).filter((record) => record.cell === index).toArray();
  return dualRoundTable({ cell, summary, records }, { telemetry: run.telemetry, lang });
}

/** What the files under tests/golden/dual_round/ hold. */
export function goldenTexts(): ReadonlyMap<string, string> {
  const [en, zh] = [makeDualRoundRun(), makeDualRoundRun({ lang: "zh" })];
  return new Map([
    ["table.en.txt", tableOf(en) + "\n"],
    ["table.zh.txt", tableOf(zh, { lang: "zh" }) + "\n"],
    ["metrics_summary.en.csv", textOf(en, "metrics_summary.csv")],
    ["metrics_summary.zh.csv", textOf(zh, "metrics_summary.csv")],
    ["concurrency_2_round_1.json", textOf(en, "concurrency_2_round_1.json")],
  ]);
}
