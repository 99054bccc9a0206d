/**
 * Where a run comes from, and how to make it again.
 *
 * @module
 */
import { formatCount, formatMs, formatNumber, formatPlural, MISSING } from "../plots/mod.ts";
import type { RunManifest, TraceSource } from "../types.ts";
import type { Block, Fact, Section } from "./blocks.ts";

/** Makes the section: run, engine, workload, machine, then everything as JSON. */
export function provenanceSection(manifest: RunManifest): Section {
  const { details, ...engine } = manifest.engine;
  return {
    id: "provenance",
    title: "Where the numbers come from",
    blocks: [
      { kind: "facts", title: "Run", facts: runFacts(manifest) },
      ...importBlocks(manifest),
      {
        kind: "facts",
        title: "Engine",
        facts: facts({
          Name: engine.name,
          Simulated: engine.simulated ? "yes" : "no",
          Description: enginesOf(manifest).join("; "),
          Version: engine.version,
          Address: engine.baseUrl,
          Model: manifest.model,
        }),
      },
      ...(manifest.imported === undefined
        ? [{ kind: "facts" as const, title: "Workload", facts: workloadFacts(manifest) }]
        : []),
      ...(manifest.imported === undefined
        ? [{ kind: "facts" as const, title: "Machine of the client", facts: machineFacts(manifest) }]
        : []),
      ...(details === undefined ? [] : [json("What the engine says about itself", details)]),
      json("All options", manifest.options),
    ],
  };
}

/** Of a run that another tool measured: its files, and what is missing. */
function importBlocks({ imported }: RunManifest): Block[] {
  if (imported === undefined) return [];
  const { tool, benchbook, importedAt, files } = imported;
  const facts: Fact[] = [
    { label: "Written by", value: tool },
    ...files.flatMap(({ path, sizeBytes, sha256 }) => [
      { label: "File", value: `${path}, ${formatCount(sizeBytes)} bytes` },
      { label: "SHA-256 of the file", value: sha256 },
    ]),
    { label: "Imported", value: `${importedAt}, by benchbook ${benchbook}` },
  ];
  return [{ kind: "facts", title: "Imported from", facts }];
}

/** The engines of a run in words, each once: a recipe's stages may have their own. */
export function enginesOf({ cells, engine }: Pick<RunManifest, "cells" | "engine">): string[] {
  const all = cells.map(({ parameters: { stage }, engine: own }) =>
    own === undefined ? engine.description : `${stage}: ${own}`
  );
  const isOne = new Set(cells.map((cell) => cell.engine ?? engine.description)).size < 2;
  return isOne ? [cells[0]?.engine ?? engine.description] : [...new Set(all)];
}

/** Makes the section: the command, and where everything recorded is. */
export function reproduceSection(manifest: RunManifest): Section {
  return {
    id: "reproduce",
    title: "Do it again",
    blocks: [
      {
        kind: "code",
        title: "Command",
        text: withoutRunId(manifest.command).map(quoteForShell).join(" "),
        folded: false,
      },
      {
        kind: "downloads",
        note:
          `The page carries these files. Every token's instant is in the run's folder, ${manifest.runId}.`,
      },
    ],
  };
}

/** The command for another run: this one's name is taken. */
function withoutRunId(command: readonly string[]): string[] {
  return command.filter((arg, i) =>
    arg !== "--run-id" && command[i - 1] !== "--run-id" && !arg.startsWith("--run-id=")
  );
}

/**
 * Quotes an argument so that a POSIX shell reads it as it is.
 *
 * @example
 * ```ts
 * import { quoteForShell } from "./provenance.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(quoteForShell("--scales"), "--scales");
 * assert.equal(quoteForShell("it's"), `'it'\\''s'`);
 * ```
 */
export function quoteForShell(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

function runFacts(manifest: RunManifest): Fact[] {
  return facts({
    Id: manifest.runId,
    Mode: manifest.mode,
    Status: manifest.status,
    Error: manifest.error,
    Started: manifest.startedAt,
    Seed: manifest.seed === null ? MISSING : String(manifest.seed),
    Transport: manifest.transport,
    Clock: manifest.clock === "virtual" ? "virtual: times were computed, not waited for" : "real, monotonic",
  });
}

function workloadFacts({ workload: { trace, dataset, prompts } }: RunManifest): Fact[] {
  return [
    ...facts(
      dataset !== undefined
        ? {
          Dataset: `${dataset.path}, ${formatPlural(dataset.rows, "row")} asked`,
          "SHA-256 of the dataset": dataset.sha256,
        }
        : trace === null
        ? { Trace: "none" }
        : {
          Trace: trace.name,
          Format: `${trace.format}, blocks of ${formatCount(trace.blockTokens)} tokens`,
          Requests: `${formatCount(trace.requests)} over ${formatMs(trace.spanMs)} before scaling`,
          Source: describeSource(trace.source),
          "SHA-256 of the trace": trace.source.sha256,
        },
    ),
    ...facts({
      Prompts: dataset === undefined
        ? `${prompts.kind}, ${formatCount(prompts.templateTokens)} tokens of chat template subtracted`
        : "the dataset's own texts",
      "Length check": prompts.lengthCheck,
      "SHA-256 of the prompts": prompts.sha256,
    }),
  ];
}

function describeSource(source: TraceSource): string {
  if (source.kind === "synthetic") return `${source.note}; seed ${source.seed}`;
  return `${source.url ?? source.path}, ${formatCount(source.sizeBytes)} bytes`;
}

function machineFacts({ environment }: RunManifest): Fact[] {
  const { cpuModel, memoryBytes } = environment;
  return facts({
    benchbook: environment.benchbook,
    "Git commit": environment.gitCommit,
    Deno: `${environment.deno} (V8 ${environment.v8})`,
    System: `${environment.os} ${environment.arch}`,
    Processor: [cpuModel, `${formatCount(environment.cpuCores)} cores`].filter((part) => part !== null).join(
      ", ",
    ),
    Memory: memoryBytes === null ? MISSING : `${formatNumber(memoryBytes / 2 ** 30)} GiB`,
    Host: environment.hostname ?? MISSING,
  });
}

/** Facts in order of the keys; what is `undefined` is left out. */
function facts(entries: Readonly<Record<string, string | undefined>>): Fact[] {
  return Object.entries(entries).flatMap(([label, value]) => value === undefined ? [] : [{ label, value }]);
}

function json(title: string, value: unknown) {
  return { kind: "code", title, text: JSON.stringify(value, null, 2), folded: true } as const;
}
