/**
 * `deno task data:check`: what is in a dataset, and what is wrong with it.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";

import { describe, type Distribution, MIN_COUNT_FOR_P99 } from "../metrics/distribution.ts";
import { Sample } from "../metrics/sample.ts";
import { formatCount, formatNumber, formatPlural, formatShare, MISSING } from "../plots/format.ts";
import { nothingUsable, openDataset } from "../sources/dataset_file.ts";
import { chooseCounting, type TokenCounting } from "../sources/token_counting.ts";
import {
  type BadRow,
  type DatasetEntry,
  type DatasetFormName,
  datasetForms,
  DuplicateFinder,
  PrefixCounter,
  promptTurns,
  type TurnTokens,
} from "../workload/datasets/mod.ts";
import { print, printError } from "./console.ts";
import { runCommand } from "./exit.ts";
import { integer } from "./flags.ts";
import { newTable } from "./tables.ts";
import { ESTIMATE, TOKENIZER_FLAG } from "./token_counts.ts";

const SMALL_ROWS = 2000;
const SHOWN_BAD_ROWS = 20;

const EXAMPLES = `
A row is a JSON object with one of the fields ${datasetForms.map(({ name }) => name).join(", ")};
id (or session_id) and max_tokens (or output_tokens) are optional. The file holds one row per line, one JSON list
of rows, or one JSON object with the list data.
A row's prompt is everything up to the user's last turn, without the chat template.

Without --tokenizer, Qwen3's counts where there are at most ${formatCount(SMALL_ROWS)} rows. Longer files are
${ESTIMATE.rule}.

The exit code is 0 when every row can be used, 1 when some cannot, 2 when none can.

Examples:
  deno task data:check data/datasets/questions_en.jsonl
      Rows by form, lengths in tokens, repeated prompts, and how much of the prompts a prefix cache could keep.
  deno task data:check data/datasets/questions_zh.jsonl --tokenizer qwen3 --json
      One line of JSON.
`;

function dataCheckCommand() {
  return new Command("deno task data:check")
    .description(
      "Checks a dataset: forms, turns, lengths in tokens, bad rows, repeated prompts, shared prefixes.",
    )
    .argument("<file>", "dataset: JSONL, or JSON")
    .option(...TOKENIZER_FLAG)
    .option("--page-size <tokens>", "tokens per page of the prefix cache", integer(1), 1)
    .option("--json", "print one line of JSON and nothing else on standard output")
    .exitOverride()
    .showHelpAfterError("(--help shows every flag)")
    .configureHelp({ helpWidth: 110 })
    .addHelpText("after", EXAMPLES);
}

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = dataCheckCommand().parse([...args], { from: "user" });
  const [path] = command.processedArgs;
  const flags = command.opts();
  const counting = await chooseCounting({
    tokenizer: flags.tokenizer,
    estimate: ESTIMATE,
    whySlow: () => whySlow(path),
  });
  const check = await checkDataset(path, counting, { pageTokens: flags.pageSize });
  for (const { line, reason } of check.firstBadRows) printError(`${path}:${line}: left out: ${reason}`);
  const hidden = check.badRows - check.firstBadRows.length;
  if (hidden > 0) printError(`${path}: ${formatPlural(hidden, "more bad row")}`);
  print(flags.json ? JSON.stringify(check) : checkText(check));
  return check.badRows > 0 ? 1 : 0;
}

/** Why a tokenizer would take long; `null` where it does not. */
async function whySlow(path: string): Promise<string | null> {
  let rows = 0;
  for await (const _ of await openDataset(path)) {
    if (++rows > SMALL_ROWS) return `more than ${formatCount(SMALL_ROWS)} rows`;
  }
  return null;
}

/** What the command says of a file; with `--json`, as it is. */
interface DatasetCheck {
  readonly file: string;
  /** Rows that can be used. */
  readonly rows: number;
  readonly badRows: number;
  readonly firstBadRows: readonly Omit<BadRow, "kind">[];
  readonly forms: Readonly<Partial<Record<DatasetFormName, number>>>;
  readonly tokenCounting: string;
  readonly note: string | null;
  /** Turns of the user per row. */
  readonly userTurns: Distribution | null;
  readonly promptTokens: Distribution | null;
  readonly userTurnTokens: Distribution | null;
  /** Answers that are in the file. */
  readonly answerTokens: Distribution | null;
  /** What rows ask for. */
  readonly maxTokens: Distribution | null;
  /** Rows whose prompt an earlier row has, word for word; a lower bound when there were more than are remembered. */
  readonly repeatedPrompts: { readonly rows: number; readonly isLowerBound: boolean };
  readonly sharedPrefix: {
    readonly pageTokens: number;
    /** Those in a prefix that an earlier row's prompt has too. */
    readonly sharedTokens: number;
    readonly promptTokens: number;
    readonly hitRate: number | null;
    /** Whether there were more pages than are remembered. */
    readonly isLowerBound: boolean;
  };
}

async function checkDataset(
  file: string,
  counting: TokenCounting,
  { pageTokens }: { readonly pageTokens: number },
): Promise<DatasetCheck> {
  const tally = newTally(pageTokens);
  const firstBadRows: Omit<BadRow, "kind">[] = [];
  let badRows = 0;
  for await (const row of await openDataset(file)) {
    if (row.kind === "entry") {
      tallyEntry(tally, row.entry, counting);
      continue;
    }
    if (++badRows <= SHOWN_BAD_ROWS) firstBadRows.push({ line: row.line, reason: row.reason });
  }
  const [firstBad] = firstBadRows;
  if (tally.rows === 0) throw nothingUsable(file, firstBad && { kind: "bad", ...firstBad });
  const { rows, forms, lengths, repeatedPrompts, sharedTokens, prefixes, duplicates, promptTokens } = tally;
  return {
    file,
    rows,
    badRows,
    firstBadRows,
    forms,
    tokenCounting: counting.rule,
    note: counting.note,
    userTurns: describe(lengths.userTurns),
    promptTokens: describe(lengths.prompt),
    userTurnTokens: describe(lengths.userTurn),
    answerTokens: describe(lengths.answer),
    maxTokens: describe(lengths.maxTokens),
    repeatedPrompts: { rows: repeatedPrompts, isLowerBound: duplicates.isFull },
    sharedPrefix: {
      pageTokens,
      sharedTokens,
      promptTokens,
      hitRate: promptTokens === 0 ? null : sharedTokens / promptTokens,
      isLowerBound: prefixes.isFull,
    },
  };
}

function newTally(pageTokens: number) {
  return {
    rows: 0,
    forms: {} as Partial<Record<DatasetFormName, number>>,
    lengths: {
      userTurns: new Sample(),
      prompt: new Sample(),
      userTurn: new Sample(),
      answer: new Sample(),
      maxTokens: new Sample(),
    },
    duplicates: new DuplicateFinder(),
    prefixes: new PrefixCounter({ pageTokens }),
    repeatedPrompts: 0,
    sharedTokens: 0,
    promptTokens: 0,
  };
}

function tallyEntry(
  tally: ReturnType<typeof newTally>,
  entry: DatasetEntry,
  { encode }: TokenCounting,
): void {
  const { lengths } = tally;
  const turns = entry.turns.map(({ role, content }): TurnTokens => ({ role, tokens: encode(content) }));
  const prompt = turns.slice(0, promptTurns(entry.turns).length);
  const promptTokens = prompt.reduce((sum, { tokens }) => sum + tokens.length, 0);
  tally.rows++;
  tally.forms[entry.form] = (tally.forms[entry.form] ?? 0) + 1;
  lengths.userTurns.add(turns.filter(({ role }) => role === "user").length);
  lengths.prompt.add(promptTokens);
  for (const { role, tokens } of turns) {
    if (role === "user") lengths.userTurn.add(tokens.length);
    if (role === "assistant") lengths.answer.add(tokens.length);
  }
  if (entry.maxTokens !== null) lengths.maxTokens.add(entry.maxTokens);
  if (tally.duplicates.add(promptTurns(entry.turns))) tally.repeatedPrompts++;
  tally.promptTokens += promptTokens;
  tally.sharedTokens += tally.prefixes.add(prompt);
}

function checkText(check: DatasetCheck): string {
  const table = newTable(["", "mean", "p50", "p90", "p95", "p99", "min", "max", "count"]);
  const rows: [string, Distribution | null][] = [
    ["user turns per row", check.userTurns],
    ["prompt tokens", check.promptTokens],
    ["tokens of a user turn", check.userTurnTokens],
    ["tokens of an answer", check.answerTokens],
    ["max_tokens", check.maxTokens],
  ];
  for (const [label, d] of rows) {
    if (d === null) continue;
    const p99 = d.count >= MIN_COUNT_FOR_P99 ? d.p99 : null;
    const statistics = [d.mean, d.p50, d.p90, d.p95, p99].map(formatNumber);
    table.push([label, ...statistics, ...[d.min, d.max, d.count].map(formatCount)]);
  }
  const forms = Object.entries(check.forms);
  return [
    `${check.file}: ${formatPlural(check.rows, "row")}, ${formatCount(check.badRows)} bad`,
    `${forms.length > 1 ? "mixed forms" : "form"}: ${
      forms.map(([name, count]) => `${name} ${formatCount(count)}`).join(", ")
    }`,
    `tokens: ${check.tokenCounting}${check.note === null ? "" : ` (${check.note})`}`,
    table.toString(),
    ...describeReuse(check),
  ].join("\n");
}

function describeReuse({ repeatedPrompts, sharedPrefix, forms, rows }: DatasetCheck): string[] {
  const { sharedTokens, promptTokens, hitRate, pageTokens } = sharedPrefix;
  const least = (isLowerBound: boolean) => isLowerBound ? "at least " : "";
  return [
    `repeated prompts: ${least(repeatedPrompts.isLowerBound)}${formatCount(repeatedPrompts.rows)} of ` +
    formatPlural(rows, "row") +
    (repeatedPrompts.rows > 0 ? "; a prefix cache that has the first has them all" : ""),
    `shared prefixes: ${least(sharedPrefix.isLowerBound)}${formatCount(sharedTokens)} of ` +
    `${formatPlural(promptTokens, "prompt token")} are in a prefix that an earlier row has too`,
    `theoretical hit rate: ${least(sharedPrefix.isLowerBound)}${
      hitRate === null ? MISSING : formatShare(hitRate)
    } ` +
    `(an unlimited prefix cache with pages of ${
      formatPlural(pageTokens, "token")
    }, rows one after the other)`,
    ...(sharedPrefix.isLowerBound ? ["A larger --page-size lets more of the file be compared."] : []),
    ...(forms.user_messages === undefined ? [] : [
      "user_messages: answers are not in the file, so prompts after a session's first turn will be longer",
    ]),
  ];
}

if (import.meta.main) await runCommand(() => main(Deno.args));
