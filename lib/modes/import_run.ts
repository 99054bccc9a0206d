/**
 * Results of other tools as a run: the manifest and the records, before anything is written.
 *
 * @module
 */
import { BENCHBOOK_VERSION } from "../artifact/environment.ts";
import { parseDocuments } from "../artifact/interchange/documents.ts";
import type {
  ImportedCell,
  ImportedRecord,
  ImportedRun,
  InterchangeForm,
} from "../artifact/interchange/interchange.ts";
import { interchangeForms, recognizeForm } from "../artifact/interchange/mod.ts";
import { SCHEMA_VERSION } from "../artifact/schema.ts";
import { UsageError } from "../errors.ts";
import { shownUrl } from "../shown_url.ts";
import type { ImportSource } from "../import_source.ts";
import type { Cell, Environment, JsonObject, RunManifest } from "../types.ts";

/** A file to import. */
export interface ImportFile {
  /** As it was named. */
  readonly path: string;
  readonly text: string;
  readonly sizeBytes: number;
  /** Of the whole file, hex. */
  readonly sha256: string;
  /** ISO 8601, UTC. Stands for the run's start where the file tells none. */
  readonly modifiedAt: string;
}

/** The manifest of a run that another tool measured. */
export interface ImportedManifest extends RunManifest {
  readonly imported: ImportSource;
}

/** What is not in the files. */
export interface PlanImportOptions {
  readonly runId: string;
  readonly command: readonly string[];
  /** ISO 8601, UTC. */
  readonly importedAt: string;
  /** Name of the form. @default recognised from the files */
  readonly as?: string;
}

/** A run, ready to be written. */
export interface PlannedImport {
  readonly manifest: ImportedManifest;
  /** In the order of their cells, and in each in the order they ended. */
  records(): Generator<ImportedRecord>;
}

/**
 * Reads files of one form into one run: each result, benchmark or round in them is a cell.
 *
 * @param files At least one, all of the same form.
 * @throws {UsageError} When a file is there twice, or they do not belong together.
 * @throws {SyntaxError} When one is of no known form, or incomplete; the message names file and key.
 */
export function planImport(files: readonly ImportFile[], options: PlanImportOptions): PlannedImport {
  refuseSameFile(files);
  const parsed = files.map(({ path, text }) => parseDocuments(text, path));
  const form = options.as === undefined ? recognizeForm(parsed.flat()) : formNamed(options.as);
  const runs = parsed.map((documents) => form.read(documents));
  refuseOtherModels(runs, files);
  const cells = uniqueLabels(runs.flatMap((run) => run.cells));
  return {
    manifest: describe(runs, { form, files, cells, options }),
    *records() {
      for (const [cell, { records }] of cells.entries()) {
        const inOrder = records.toSorted((a, b) => a.doneMs - b.doneMs || a.id - b.id);
        for (const record of inOrder) yield { ...record, cell };
      }
    },
  };
}

/** @throws {UsageError} When there is no such form. */
function formNamed(name: string): InterchangeForm {
  const form = interchangeForms.find((one) => one.name === name);
  if (form !== undefined) return form;
  const names = interchangeForms.map((one) => one.name).join(", ");
  throw new UsageError(`Cannot import as '${name}' as there is no such form: choose one of ${names}`);
}

function refuseSameFile(files: readonly ImportFile[]): void {
  for (const [i, { path, sha256 }] of files.entries()) {
    const before = files.slice(0, i).find((file) => file.sha256 === sha256);
    if (before === undefined) continue;
    throw new UsageError(`Cannot import ${before.path} and ${path} together as they hold the same bytes`);
  }
}

function refuseOtherModels(runs: readonly ImportedRun[], files: readonly ImportFile[]): void {
  const first = runs.findIndex(({ model }) => model !== null);
  const other = runs.findIndex(({ model }) => model !== null && model !== runs[first]?.model);
  if (other === -1) return;
  throw new UsageError(
    `Cannot import ${files[first]?.path} and ${files[other]?.path} as one run as their models differ: ${
      runs[first]?.model
    } and ${runs[other]?.model}; import them one by one`,
  );
}

/** Parameters that not every cell has are in the label only: there is no axis for them. */
function uniqueLabels(cells: readonly ImportedCell[]): ImportedCell[] {
  const shared = Object.keys(cells[0]?.parameters ?? {})
    .filter((name) => cells.every(({ parameters }) => name in parameters));
  const times = new Map<string, number>();
  return cells.map((cell) => {
    const before = times.get(cell.label) ?? 0;
    times.set(cell.label, before + 1);
    return {
      ...cell,
      label: before === 0 ? cell.label : `${cell.label}, again ${before}`,
      parameters: Object.fromEntries(
        Object.entries(cell.parameters).filter(([name]) => shared.includes(name)),
      ),
    };
  });
}

interface Described {
  readonly form: InterchangeForm;
  readonly files: readonly ImportFile[];
  readonly cells: readonly ImportedCell[];
  readonly options: PlanImportOptions;
}

function describe(
  runs: readonly ImportedRun[],
  { form, files, cells, options }: Described,
): ImportedManifest {
  const told = <Key extends keyof ImportedRun>(key: Key) =>
    runs.map((run) => run[key]).find((one) => one !== null);
  const names = files.map(({ path }) => path.split(/[\\/]/).at(-1) ?? path).join(", ");
  const startedAt = told("startedAt") ?? null;
  const modifiedAt = files.map((file) => file.modifiedAt).sort()[0] ?? options.importedAt;
  const missing = [
    ...new Set(runs.flatMap((run) => run.missing)),
    ...(startedAt === null ? ["when it was measured: the page's date is that of the file"] : []),
    "the client's machine, and whether it kept up",
  ];
  const version = told("engineVersion");
  return {
    schemaVersion: SCHEMA_VERSION,
    runId: options.runId,
    mode: "import",
    title: `${told("model") ?? "Unknown model"}: imported from ${names}`,
    status: "complete",
    startedAt: startedAt ?? modifiedAt,
    command: options.command,
    options: { form: form.name, settings: told("options") ?? {} } satisfies JsonObject,
    seed: told("seed") ?? null,
    engine: {
      name: "external",
      simulated: runs.some((run) => run.options["simulated"] === true),
      description: `${told("engine") ?? "an engine that is not named"}, as measured by ${form.tool}`,
      baseUrl: shownUrl(told("baseUrl") ?? ""),
      ...(version ? { version } : {}),
    },
    model: told("model") ?? "unknown",
    workload: {
      trace: null,
      prompts: { kind: "dataset", sha256: "", templateTokens: 0, lengthCheck: "assumed" },
      skipped: [],
      notes: [
        `Imported, not measured here: ${form.tool} wrote ${names}.`,
        ...missing.map((part) => `The file does not tell ${part}.`),
      ],
    },
    transport: "of the other tool",
    cells: cells.map(toCell),
    environment: UNKNOWN_ENVIRONMENT,
    clockAnchors: [],
    clock: "real",
    imported: {
      ...{ form: form.name, tool: form.tool, benchbook: BENCHBOOK_VERSION, importedAt: options.importedAt },
      files: files.map(({ path, sizeBytes, sha256 }) => ({ path, sizeBytes, sha256 })),
      missing,
    },
  };
}

function toCell({ label, parameters, schedule, requestCount, records }: ImportedCell, index: number): Cell {
  return {
    ...{ index, label, parameters, schedule, requestCount },
    offeredRequestsPerS: null,
    startMs: 0,
    endMs: records.reduce((last, { doneMs }) => Math.max(last, doneMs), 0),
    status: "complete",
  };
}

/** The machine that ran the other tool is not this one. */
const UNKNOWN_ENVIRONMENT: Environment = {
  ...{ benchbook: "none: another tool measured", deno: "none", v8: "none", os: "unknown", arch: "" },
  ...{ cpuCores: null, cpuModel: null, memoryBytes: null, hostname: null },
};
