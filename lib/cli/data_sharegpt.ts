/**
 * `deno task data:sharegpt`: ShareGPT's files to a dataset of sessions.
 *
 * @module
 */
import { InvalidArgumentError } from "@commander-js/extra-typings";

import { UsageError } from "../errors.ts";
import { formatCount, formatPlural } from "../plots/format.ts";
import { createRandom } from "../random.ts";
import { writeRows } from "../sources/write_rows.ts";
import { promptTurns } from "../workload/datasets/dataset.ts";
import { LeftOutTally } from "../workload/datasets/left_out.ts";
import { DuplicateFinder } from "../workload/datasets/shared_prefixes.ts";
import {
  type SessionOptions,
  type SpeakerRole,
  speakerRoles,
  toSession,
} from "../workload/datasets/sharegpt.ts";
import type { ChatMessage } from "../types.ts";
import {
  BrokenRows,
  type Conversion,
  convertCommand,
  EXIT_CODES,
  PromptLengths,
  reportConversion,
  startConversion,
} from "./convert_dataset.ts";
import { runCommand } from "./exit.ts";
import { integer } from "./flags.ts";

const EXAMPLES = `
Sources are JSONL, JSON lists, or JSON objects with the list data. Rows have conversations of {"from", "value"}, or
messages of {"role", "content"}. They become {"session_id", "user_messages", "source"}, what the user said, or with
--keep-answers {"id", "messages", "source"}. Speakers that are known:
${Object.keys(speakerRoles).join(", ")}.

Files are read row by row, however large they are. Without --seed, --max-sessions takes the first sessions; with it they
are drawn from all, for which the files are read twice. --json prints one line, lengths in tokens included.
${EXIT_CODES}
Examples:
  deno task data:sharegpt data/samples/sharegpt.json --output data/runs/sessions.jsonl
      What the users said.
  deno task data:sharegpt data/samples/sharegpt.json --keep-answers --max-sessions 2 --seed 7 --output data/runs/chats.jsonl
      Two conversations with their answers, drawn from all.
`;

function shareGptCommand() {
  return convertCommand("deno task data:sharegpt", "Makes a dataset of ShareGPT's conversations.")
    .option("--keep-answers", "keep the assistant's turns")
    .option("--max-sessions <n>", "sessions at most (default: all)", integer(1))
    .option("--min-turns <n>", "leave sessions with fewer turns of the user out", integer(1), 1)
    .option("--max-turns <n>", "cut sessions after so many turns of the user (default: none)", integer(1))
    .option("--roles <name=role...>", "more speakers: tool=skip, bot=assistant", role)
    .option("--seed <n>", "draw sessions with this seed (default: take the first)", integer(0))
    .addHelpText("after", EXAMPLES);
}

function role(text: string, before: Record<string, SpeakerRole> | undefined): Record<string, SpeakerRole> {
  const [, name, value] = /^(.+)=(user|assistant|system|skip)$/.exec(text) ?? [];
  if (name === undefined || !isRole(value)) {
    throw new InvalidArgumentError(
      "It must look like name=role, with user, assistant, system or skip as role.",
    );
  }
  return { ...before, [name]: value };
}

function isRole(text: string | undefined): text is SpeakerRole {
  return text === "user" || text === "assistant" || text === "system" || text === "skip";
}

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = shareGptCommand().parse([...args], { from: "user" });
  const [sources] = command.processedArgs;
  const flags = command.opts();
  const { minTurns, maxTurns, maxSessions, seed, output, keepAnswers = false } = flags;
  if (minTurns > (maxTurns ?? Infinity)) {
    throw new UsageError(
      `Cannot select sessions as --min-turns must be <= --max-turns: they are ${minTurns} and ${maxTurns}`,
    );
  }
  const conversion = await startConversion(sources, flags);
  const options = { minTurns, maxTurns, roles: flags.roles };
  const pick = maxSessions === undefined
    ? () => true
    : seed === undefined
    ? pickFirst(maxSessions)
    : pickRandom(maxSessions, { of: await countSessions(conversion, options), seed });
  const seen = { leftOut: new LeftOutTally(), cutSessions: 0, turns: 0 };
  const lengths = new PromptLengths(conversion.counting);
  const written = await writeRows(output, rows());
  const { leftOut, cutSessions, turns } = seen;
  const result = {
    output,
    ...written,
    promptTokens: lengths.describe(),
    leftOut: leftOut.reasons(),
    notes: [
      `${formatPlural(turns, "turn")} of the user, ${formatPlural(cutSessions, "session")} cut short`,
      ...(maxSessions !== undefined && written.rows < maxSessions
        ? [`fewer than the ${formatCount(maxSessions)} sessions that were asked for`]
        : []),
    ],
  };
  return reportConversion(conversion, { result, json: flags.json ?? false });

  async function* rows(): AsyncGenerator<object> {
    const notes = { ...options, leftOut: seen.leftOut, broken: conversion.broken, doing: "reading" };
    for await (const session of readSessions(conversion, notes)) {
      const picked = pick();
      if (picked === null) return;
      if (!picked) continue;
      const { id, source, turns, cutTurns } = session;
      const users = turns.filter(({ role }) => role === "user").map(({ content }) => content);
      seen.turns += users.length;
      seen.cutSessions += cutTurns > 0 ? 1 : 0;
      lengths.add(keepAnswers ? promptTurns(turns).map(({ content }) => content) : users);
      yield keepAnswers ? { id, messages: turns, source } : { session_id: id, user_messages: users, source };
    }
  }
}

interface SourceSession {
  readonly id: string;
  readonly source: string;
  readonly turns: readonly ChatMessage[];
  readonly cutTurns: number;
}

interface ReadSessionsOptions extends SessionOptions {
  readonly leftOut: LeftOutTally;
  readonly broken: BrokenRows;
  readonly doing: string;
}

/** Sessions of all files; of those with one id, the first. */
async function* readSessions(
  { rows }: Conversion,
  { leftOut, broken, doing, ...options }: ReadSessionsOptions,
): AsyncGenerator<SourceSession> {
  const ids = new DuplicateFinder();
  for await (const { row, file, place, position } of rows({ broken, doing })) {
    const session = broken.attempt(place, () => toSession(row, options));
    if (session === null) continue;
    if (session.kind === "none") leftOut.add(session.reason, place);
    else if (session.id !== null && ids.add([{ role: "user", content: session.id }])) {
      leftOut.add("the id of an earlier session", place);
    } else {
      const { id, turns, cutTurns } = session;
      yield { id: id ?? `${file.name}-${position}`, source: file.label, turns, cutTurns };
    }
  }
}

async function countSessions(conversion: Conversion, options: SessionOptions): Promise<number> {
  const notes = { leftOut: new LeftOutTally(), broken: new BrokenRows(), doing: "counting" };
  let count = 0;
  for await (const _ of readSessions(conversion, { ...options, ...notes })) count++;
  return count;
}

/** @returns For each session in order whether it is taken; `null` when none will be any more. */
function pickFirst(most: number): () => boolean | null {
  let taken = 0;
  return () => taken++ < most ? true : null;
}

/** Takes so many of a known number, each equally likely: Knuth's algorithm S. */
function pickRandom(
  most: number,
  { of, seed }: { readonly of: number; readonly seed: number },
): () => boolean | null {
  const random = createRandom(seed).fork("sharegpt");
  let [wanted, left] = [Math.min(most, of), of];
  return () => {
    if (wanted === 0) return null;
    const isTaken = random.float() * left-- < wanted;
    if (isTaken) wanted--;
    return isTaken;
  };
}

if (import.meta.main) await runCommand(() => main(Deno.args));
