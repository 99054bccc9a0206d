import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { readRun } from "../../lib/artifact/read.ts";
import { exitCodeOf } from "../../lib/cli/exit.ts";
import { main as exportRun } from "../../lib/cli/export_run.ts";
import { main as importRun } from "../../lib/cli/import_run.ts";
import { main as report } from "../../lib/cli/report.ts";
import { summarizeRun } from "../../lib/metrics/mod.ts";

const testdata = fileURLToPath(new URL("../testdata/interchange/", import.meta.url));

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Imports files of the test data; the run's folder. */
async function importFiles(names: readonly string[], to: string, runId = "run"): Promise<string> {
  const paths = names.map((name) => join(testdata, name));
  const page = join(to, `${runId}.html`);
  const code = await importRun([...paths, "--run-id", runId, "--output-dir", to, "--page", page, "--json"]);
  assert.equal(code, 0);
  return join(to, runId);
}

/** The exit code and what is said. */
async function failing(command: Promise<number>): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const code = await command.catch((error: unknown) => exitCodeOf(error, (line) => said.push(line)));
  return { code, said: said.join("\n") };
}

Deno.test("import: each form becomes a run with page and tables, which report opens again", async () => {
  const all = [
    ...[
      "vllm.json",
      "sglang.jsonl",
      "guidellm.json",
      "guidellm_older.json",
      "aiperf.jsonl",
      "mini_sglang.json",
    ],
    ...["concurrency_2_round_1.json", "fluxperf.json"],
  ];
  await inFolder(async (to) => {
    for (const name of all) {
      const folder = await importFiles([name], to, name);
      const names = new Set([...Deno.readDirSync(folder)].map((entry) => entry.name));
      for (
        const wanted of ["manifest.json", "requests.jsonl", "summary.json", "summary.csv", "requests.csv"]
      ) {
        assert.ok(names.has(wanted), `${name}: ${wanted}`);
      }
      const again = join(to, "again.html");
      assert.equal(await report([folder, "--output", again, "--json"]), 0);
      const page = Deno.readTextFileSync(again);
      assert.match(page, /Imported, not measured here: /, name);
      assert.match(page, /The file does not tell /, name);
      const run = await readRun(folder);
      assert.deepEqual(run.problems, [], name);
      assert.equal(run.manifest.engine.name, "external");
    }
  });
});

Deno.test("import: the manifest has the file's SHA-256 and size", async () => {
  await inFolder(async (to) => {
    const folder = await importFiles(["vllm.json"], to);
    const bytes = Deno.readFileSync(join(testdata, "vllm.json"));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    const { imported } = JSON.parse(Deno.readTextFileSync(join(folder, "manifest.json")));
    assert.deepEqual(imported.files, [
      { path: join(testdata, "vllm.json"), sizeBytes: bytes.length, sha256: digest },
    ]);
  });
});

Deno.test("import → export as vllm → import: the same latencies", async () => {
  await inFolder(async (to) => {
    const first = await importFiles(["vllm.json"], to);
    assert.equal(await exportRun([first, "--as", "vllm", "--output-dir", join(to, "files"), "--json"]), 0);
    const written = join(to, "files", "vllm.cell-0.json");
    const page = join(to, "second.html");
    await importRun([written, "--run-id", "second", "--output-dir", to, "--page", page, "--json"]);
    const [before, after] = await Promise.all([first, join(to, "second")].map(async (folder) => {
      const { cells: [cell] } = summarizeRun(await readRun(folder));
      assert.ok(cell !== undefined);
      const { ttft, tpot, itl, e2e, requests, outputTokens, durationMs, parameters } = cell;
      return { ttft, tpot, itl, e2e, requests, outputTokens, durationMs, parameters };
    }));
    assert.equal(before?.ttft?.count, 2);
    assert.deepEqual(after, before);
  });
});

Deno.test("export: a run without gaps has no vLLM form, and every form is one of two", async () => {
  await inFolder(async (to) => {
    const folder = await importFiles(["guidellm.json"], to);
    const gaps = await failing(exportRun([folder, "--as", "vllm"]));
    assert.equal(gaps.code, 2);
    assert.match(gaps.said, /every gap between tokens must be known/);
    assert.equal((await failing(exportRun([folder, "--as", "csv"]))).code, 2);
    assert.equal((await failing(exportRun([join(to, "nowhere"), "--as", "vllm"]))).code, 2);
  });
});

Deno.test("import: what cannot be imported leaves no run behind", async () => {
  await inFolder(async (to) => {
    const path = (name: string) => join(to, name);
    Deno.writeTextFileSync(path("empty.json"), "");
    Deno.writeTextFileSync(path("other.json"), '{"foo": 1}');
    Deno.writeFileSync(path("packed.json"), new Uint8Array([0x1f, 0x8b, 0xff, 0xfe]));
    // A hole in a file takes no space on the disk.
    using large = Deno.openSync(path("large.json"), { write: true, create: true });
    large.truncateSync(300 * 2 ** 20);
    const cases: [string[], RegExp][] = [
      [[path("empty.json")], /Cannot read .*empty\.json as it is empty/],
      [[path("other.json")], /other\.json as it is of no known form: it has "foo"/],
      [[path("packed.json")], /it is not UTF-8 text; unpack it first/],
      [[path("large.json")], /must have at most 268,435,456 bytes: it has 314,572,800/],
      [[path("nowhere.json")], /there is no such file/],
      [[join(testdata, "vllm.json"), "--as", "guidellm"], /benchmarks as it must be a list/],
      [[join(testdata, "vllm.json"), "--as", "wrk"], /^$/], // commander says it itself
      [[], /^$/],
    ];
    for (const [args, message] of cases) {
      const { code, said } = await failing(importRun([...args, "--output-dir", path("runs")]));
      assert.equal(code, 2, said);
      assert.match(said, message);
    }
    assert.throws(() => Deno.statSync(path("runs")), Deno.errors.NotFound);
  });
});

Deno.test("import: a run of that name is not overwritten", async () => {
  await inFolder(async (to) => {
    const folder = await importFiles(["vllm.json"], to);
    const before = Deno.readTextFileSync(join(folder, "manifest.json"));
    const { code, said } = await failing(
      importRun([join(testdata, "guidellm.json"), "--run-id", "run", "--output-dir", to]),
    );
    assert.equal(code, 2);
    assert.match(said, /exists already: choose another --run-id/);
    assert.equal(Deno.readTextFileSync(join(folder, "manifest.json")), before);
  });
});
