/**
 * `deno task bench:dual-round`: the same requests in several rounds, or conversations that keep their history.
 *
 * @module
 */
import { basename } from "node:path";

import { UsageError } from "../errors.ts";
import { pairRounds } from "../metrics/paired_rounds.ts";
import { pickFamilies } from "../modes/pick_families.ts";
import { parseRecipe, type Recipe } from "../modes/recipe_file.ts";
import { runRounds, type RunRoundsOptions } from "../modes/run_rounds.ts";
import { explainRounds } from "../report/explain_rounds.ts";
import type { Run } from "../types.ts";
import { printError } from "./console.ts";
import {
  DEFAULT_SIM_ENGINE,
  dualRoundCommand,
  type DualRoundFlags,
  recipeFlags,
} from "./dual_round_flags.ts";
import { dualRoundNotes, dualRoundTable } from "./dual_round_table.ts";
import { runCommand } from "./exit.ts";
import { dashed, readOnlineOptions, runInTerminal } from "./online.ts";
import { readTextFile } from "../read_text_file.ts";

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = dualRoundCommand().parse([...args], { from: "user" });
  const flags = command.opts();
  if (flags.refused !== undefined) {
    throw new UsageError(`Cannot take this flag of fluxperf: ${flags.refused}`);
  }
  const options = flags.recipe === undefined
    ? readRounds(flags, args)
    : readRecipe(openRecipe(flags.recipe), { flags, given: givenFlags(command), args });
  const { lang, prometheusMetrics } = options.flags;
  return await runInTerminal(options.flags, (watcher) => runRounds({ ...options.rounds, ...watcher }), {
    describeCell: (event) =>
      // What nobody asked for by name is in the files and on the page.
      dualRoundTable(event, { lang, telemetry: pickFamilies(event.telemetry, prometheusMetrics ?? []) }),
    describeRun: (run) => [dualRoundNotes(lang), "", ...describeRounds(run)],
  });
}

/** What the cache brought, in the sentences of the page. */
function describeRounds(run: Run): string[] {
  const lines = pairRounds(run).flatMap((comparison) => {
    const { text, causes } = explainRounds(run, comparison);
    const label = run.manifest.cells[comparison.laterCell]?.label ?? "";
    return [`${label}: ${text}`, ...causes.map((cause) => `  ${cause}`)];
  });
  return lines.length === 0 ? [] : [...lines, ""];
}

/** What is to be done, and the flags that say so. */
interface Asked {
  readonly flags: DualRoundFlags;
  readonly rounds: RunRoundsOptions;
}

/** DualRoundFlags that stand on the command line, without defaults. */
function givenFlags(command: ReturnType<typeof dualRoundCommand>): Partial<DualRoundFlags> {
  const given = Object.entries(command.opts()).filter(([name]) =>
    command.getOptionValueSource(name as keyof DualRoundFlags) === "cli"
  );
  return Object.fromEntries(given) as Partial<DualRoundFlags>;
}

/** @throws {UsageError} When it cannot be read, or is none. */
function openRecipe(path: string): Recipe {
  try {
    return parseRecipe(readTextFile(path, "recipe"), path);
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof RangeError)) throw cause;
    throw new UsageError(cause.message, { cause });
  }
}

/** A flag that is given wins over the recipe, its stages too. */
function readRecipe(
  recipe: Recipe,
  { flags: withDefaults, given, args }: {
    readonly flags: DualRoundFlags;
    readonly given: Partial<DualRoundFlags>;
    readonly args: readonly string[];
  },
): Asked {
  for (const note of recipe.notes) printError(`note: ${note}`);
  const merge = (values: Recipe["global"]): DualRoundFlags => ({
    ...withDefaults,
    ...recipeFlags(values),
    ...given,
  });
  const { flags, rounds } = readRounds(merge(recipe.global), args);
  const engines = recipe.stages.map(({ engine }) => ({ ...rounds.simulator, ...engine }));
  if (rounds.baseUrl !== undefined && recipe.stages.some(({ engine }) => Object.keys(engine).length > 0)) {
    throw new UsageError(
      "Cannot use the recipe's engine options with a running server: they are the embedded engine's",
    );
  }
  const isOne = new Set(engines.map((engine) => JSON.stringify(engine))).size < 2;
  return {
    flags,
    rounds: {
      ...rounds,
      ...(rounds.baseUrl === undefined ? { simulator: engines[0] ?? rounds.simulator } : {}),
      recipe: basename(flags.recipe ?? ""),
      stages: recipe.stages.map(({ name, values, env }, i) => ({
        ...{ name, env },
        options: readRounds(merge(values), args).rounds,
        ...(isOne ? {} : { simulator: engines[i] }),
      })),
    },
  };
}

/** @throws {UsageError} When flags cannot go together. */
function readRounds(flags: DualRoundFlags, args: readonly string[]): Asked {
  const { temperature, topP, thinkTime } = flags;
  if (flags.mode === "dual-round") {
    for (const name of ["maxContextTokens", "thinkTime"] as const) {
      if (flags[name] !== undefined) {
        throw new UsageError(`Cannot use ${dashed(name)} without --mode multi-turn`);
      }
    }
  }
  const rounds: RunRoundsOptions = {
    ...readOnlineOptions(flags, {
      command: ["bench:dual-round", ...args],
      simEngine: DEFAULT_SIM_ENGINE,
    }),
    mode: flags.mode,
    dataset: flags.dataset,
    numSamples: flags.numSamples,
    concurrency: flags.concurrency,
    rounds: flags.rounds,
    shuffleRound2: flags.shuffleRound2,
    maxInputTokens: flags.maxInputLength,
    maxOutputTokens: flags.maxOutputTokens,
    maxContextTokens: flags.maxContextTokens,
    thinkMs: thinkTime === undefined ? undefined : thinkTime * 1000,
    ignoreEos: flags.ignoreEos,
    ...(flags.minOutputTokens === undefined
      ? {}
      : { extraBody: { min_tokens: flags.minOutputTokens, ...flags.extraBody } }),
    ...(temperature === undefined && topP === undefined
      ? {}
      : { sampling: { temperature: temperature ?? 1, ...(topP === undefined ? {} : { topP }) } }),
    resetCacheUrl: flags.resetCacheUrl,
    resetCacheBetweenRounds: flags.resetCacheBetweenRounds,
    resetCacheBetweenConcurrency: flags.resetCacheBetweenConcurrency,
    cachePageTokens: flags.pageSize,
    lang: flags.lang,
  };
  return { flags, rounds };
}

if (import.meta.main) await runCommand(() => main(Deno.args));
