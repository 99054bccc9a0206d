/**
 * `deno task data:longbench`: LongBench's files to a dataset.
 *
 * @module
 */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";

import { UsageError } from "../errors.ts";
import { formatCount } from "../plots/format.ts";
import { writeRows } from "../sources/write_rows.ts";
import { closestString } from "../std.ts";
import { type LongBenchForm, longBenchForms, longBenchNames } from "../workload/datasets/longbench.ts";
import { LongBenchSelection, type PromptRow } from "../workload/datasets/longbench_selection.ts";
import {
  convertCommand,
  EXIT_CODES,
  PromptLengths,
  reportConversion,
  startConversion,
} from "./convert_dataset.ts";
import { runCommand } from "./exit.ts";
import { integer, listOf } from "./flags.ts";

const EXAMPLES = `
Sources are LongBench's .jsonl files, as they are in its data.zip (unpack it first):
https://huggingface.co/datasets/THUDM/LongBench. Rows become {"id", "text", "max_tokens", "dataset", "language"};
max_tokens is LongBench's longest answer for the set. The sets are
${wrap(longBenchNames.join(", "))}.

A form says how document and question make a prompt: subset (each set's own way, in our words), context-question
(the question below the document), context-only, question-only, or concatenate. Lengths are without a chat template.
Sampling is seeded, and fewer samples are among more. The rows that are written are held in memory.
${EXIT_CODES}
Examples:
  deno task data:longbench data/samples/longbench.jsonl --output data/runs/longbench.jsonl
      Every row in the form of its set, in random order.
  deno task data:longbench data/samples/longbench.jsonl --subsets qasper trec --truncate 80 --output data/runs/short.jsonl
      Two sets, documents cut in their middle so that no prompt is longer than 80 tokens.
`;

/** Breaks lines where they get long. */
function wrap(text: string): string {
  return text.replaceAll(/(.{80,108}) /g, "$1\n");
}

function longBenchCommand() {
  return convertCommand("deno task data:longbench", "Makes a dataset of LongBench's documents and questions.")
    .addOption(
      new Option("--form <name>", "how document and question make a prompt").choices(longBenchForms)
        .default("subset" as LongBenchForm),
    )
    .option("--subsets <names...>", "only these sets (default: all)", listOf(setName))
    .option("--num-samples <n>", "rows in all (default: all)", integer(1))
    .option("--per-subset <n>", "rows of each set (default: all)", integer(1))
    .option("--no-shuffle", "take the first rows, in the order of the files")
    .option("--seed <n>", "seed of what is drawn, and of its order", integer(0), 42)
    .option("--truncate <tokens>", "cut documents in their middle down to prompts of this length", integer(1))
    .option("--min-tokens <n>", "leave shorter prompts out", integer(1))
    .option("--max-tokens <n>", "leave longer prompts out", integer(1))
    .addHelpText("after", EXAMPLES);
}

function setName(text: string): string {
  if (longBenchNames.includes(text)) return text;
  throw new InvalidArgumentError(
    `There is no set '${text}': did you mean ${closestString(text, longBenchNames)}?`,
  );
}

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = longBenchCommand().parse([...args], { from: "user" });
  const [sources] = command.processedArgs;
  const flags = command.opts();
  const { numSamples, perSubset, minTokens, maxTokens } = flags;
  if ((minTokens ?? 1) > (maxTokens ?? Infinity)) {
    throw new UsageError(
      `Cannot select rows as --min-tokens must be <= --max-tokens: they are ${minTokens} and ${maxTokens}`,
    );
  }
  const conversion = await startConversion(sources, flags);
  const { counting, broken } = conversion;
  const selection = new LongBenchSelection({
    ...{ encode: counting.encode, form: flags.form, subsets: flags.subsets, truncateTokens: flags.truncate },
    ...{ minTokens, maxTokens, samples: numSamples, perSubset, shuffle: flags.shuffle, seed: flags.seed },
  });
  for await (const { row, file, place, position } of conversion.rows()) {
    broken.attempt(place, () => selection.add(row, { fileName: file.name, place, position }));
  }
  const rows = selection.rows();
  const lengths = new PromptLengths(counting);
  for (const { text } of rows) lengths.add([text]);
  const result = {
    output: flags.output,
    ...await writeRows(flags.output, rows),
    promptTokens: lengths.describe(),
    leftOut: selection.leftOut(),
    notes: [
      `sets: ${countSets(rows)}`,
      `drawn from: ${formatCount(selection.usableRows)} rows that fit` +
      (numSamples !== undefined && rows.length < numSamples
        ? `, fewer than the ${formatCount(numSamples)} that were asked for`
        : ""),
    ],
  };
  return reportConversion(conversion, { result, json: flags.json ?? false });
}

function countSets(rows: readonly PromptRow[]): string {
  const sets = Map.groupBy(rows, ({ dataset }) => dataset);
  return [...sets].map(([name, rows]) => `${name} ${formatCount(rows.length)}`).sort().join(", ");
}

if (import.meta.main) await runCommand(() => main(Deno.args));
