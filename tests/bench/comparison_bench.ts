/**
 * `deno task bench:comparison`: how often a comparison is right where the truth is known.
 *
 * A simulated engine is compared with itself, and with one whose every step takes 5 % longer. Step times have 2 % of
 * noise, drawn anew for every engine and repeat; everything else is what `deno task bench:compare` does.
 *
 * @module
 */
import type { EngineChoice } from "../../lib/modes/compare/engine_choice.ts";
import { runComparison } from "../../lib/modes/compare/run_comparison.ts";
import { judgeStored } from "../../lib/metrics/compare/judge_comparison.ts";
import { type CostConstants, fittedConstants } from "../../lib/simulator/cost_constants.ts";
import { printTable } from "./table.ts";

const TRIALS = 20;
const LOADS = [0.6, 1.2];
const REQUESTS = 1000;

/** Every step takes `factor` as long: times grow, and what times are divided by shrinks. */
function slowed(factor: number): Partial<CostConstants> {
  const changed = Object.entries(fittedConstants).map(([name, value]) => {
    const isDivisor = name.endsWith("Share") || name.endsWith("PerS");
    return [name, isDivisor ? value / factor : value * factor];
  });
  return Object.fromEntries(changed);
}

async function compare({ factor, repeats, seed }: { factor: number; repeats: number; seed: number }) {
  const outputDir = await Deno.makeTempDir();
  const engine = (name: string, factor: number): EngineChoice => ({
    kind: "simulated",
    name,
    simulator: { engine: "mini-sglang", jitter: 0.02, ...(factor === 1 ? {} : { cost: slowed(factor) }) },
  });
  try {
    const { stored } = await runComparison({
      engines: [engine("a", 1), engine("b", factor)],
      loads: LOADS,
      ...{ repeats, seed, outputDir },
      load: { trace: "synthetic", requests: REQUESTS, virtualTime: true },
    });
    const statistics = judgeStored(stored).result.pairs[0]?.statistics;
    if (!statistics) throw new Error("Cannot compare as nothing was measured on both");
    return statistics;
  } finally {
    await Deno.remove(outputDir, { recursive: true });
  }
}

const rows: string[][] = [];
for (const repeats of [1, 3]) {
  for (const factor of [1, 1.05]) {
    const words = new Map<string, number>();
    let meanRatio = 0;
    for (let trial = 1; trial <= TRIALS; trial++) {
      const { word, overall } = await compare({ factor, repeats, seed: trial });
      words.set(word, (words.get(word) ?? 0) + 1);
      meanRatio += (overall.find(({ metric, statistic }) =>
        metric === "tpot" && statistic === "mean"
      )?.estimate
        ?.ratio ?? NaN) / TRIALS;
    }
    const count = (word: string) => `${words.get(word) ?? 0}`;
    rows.push([
      factor === 1 ? "the same engine" : `${((factor - 1) * 100).toFixed(0)} % slower`,
      `${repeats}`,
      count("no difference shown"),
      count("slower"),
      `${Number(count("faster")) + Number(count("mixed"))}`,
      meanRatio.toFixed(4),
    ]);
  }
}
printTable(
  `${TRIALS} trials each, ${REQUESTS} requests at ${LOADS.length} loads, 2 % of noise`,
  ["B is", "repeats", "no difference shown", "slower", "faster or mixed", "mean ratio of mean TPOT"],
  rows,
);
