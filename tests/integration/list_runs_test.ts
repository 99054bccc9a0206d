import assert from "node:assert/strict";
import { join } from "node:path";

import { listRun, listRuns } from "../../lib/artifact/list_runs.ts";
import { UsageError } from "../../lib/errors.ts";
import type { RunManifest } from "../../lib/types.ts";
import { makeComparison } from "../testdata/runs/make_comparison.ts";
import { makeRun } from "../testdata/runs/make_run.ts";
import { writeRun, writeStoredComparison } from "../testdata/runs/write_run.ts";

async function inFolder(look: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await look(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function makeNamed(runId: string, manifest: Partial<RunManifest> = {}) {
  return makeRun({ scales: [1], requests: 2, manifest: { runId, ...manifest } });
}

function writeFile(folder: string, name: string, text: string): void {
  Deno.mkdirSync(folder, { recursive: true });
  Deno.writeTextFileSync(join(folder, name), text);
}

Deno.test("listRuns() lists runs, comparisons and grids, newest first", () =>
  inFolder(async (parent) => {
    writeRun(parent, makeNamed("b", { startedAt: "2026-01-02T00:00:00.000Z" }));
    writeRun(
      parent,
      makeNamed("a", {
        startedAt: "2026-01-03T00:00:00.000Z",
        status: "running",
        engine: { name: "sglang", version: "0.5", simulated: false, description: "", baseUrl: "" },
      }),
    );
    const comparison = makeComparison({ repeats: 1, requests: 2 });
    writeStoredComparison(parent, {
      ...comparison,
      manifest: { ...comparison.manifest, startedAt: "2026-01-01T00:00:00.000Z" },
    });
    const configurations = ["tp 1", "tp 2"].map((label) => ({ label, model: "Qwen/Qwen3-32B" }));
    const grid = {
      schemaVersion: 1,
      id: "grid",
      startedAt: "2026-01-04",
      status: "complete",
      configurations,
    };
    writeFile(join(parent, "grid"), "what_if.json", JSON.stringify(grid));
    writeFile(join(parent, ".hidden"), "manifest.json", "{");
    Deno.writeTextFileSync(join(parent, "notes.txt"), "not a folder");

    const listed = await listRuns(parent);
    assert.deepEqual(listed.map(({ id, kind }) => `${kind} ${id}`), [
      "what-if grid",
      "run a",
      "run b",
      `comparison ${comparison.manifest.comparisonId}`,
    ]);
    const [whatIf, run, , compared] = listed;
    assert.ok(whatIf?.kind === "what-if" && run?.kind === "run" && compared?.kind === "comparison");
    assert.equal(whatIf.title, "What if: tp 1, tp 2");
    assert.equal(whatIf.model, "Qwen/Qwen3-32B");
    assert.deepEqual(run.engines, ["sglang 0.5"]);
    assert.equal(run.simulated, false);
    assert.equal(run.folder, join(parent, "a"));
    assert.deepEqual(run.problems, ["the run was killed, or is still going on: it has no end"]);
    assert.equal(compared.engines.length, 2);
    assert.equal(compared.model, "Qwen/Qwen3-32B");
  }));

const broken = [
  { name: "nothing", file: "other.txt", text: "", why: /it holds neither .*manifest\.json/ },
  {
    name: "half",
    file: "manifest.json",
    text: '{"schemaVersion": 1, "runId',
    why: /manifest\.json: not JSON/,
  },
  { name: "NaN", file: "manifest.json", text: '{"schemaVersion": 1, "seed": NaN}', why: /not JSON/ },
  {
    name: "newer",
    file: "manifest.json",
    text: '{"schemaVersion": 2}',
    why: /schemaVersion is 2 .* knows up to 1: update benchbook/,
  },
  { name: "list", file: "manifest.json", text: "[]", why: /not a JSON object/ },
  {
    name: "no-title",
    file: "manifest.json",
    text: JSON.stringify({ ...makeNamed("x").manifest, title: null }),
    why: /"title" must be text: current value is null/,
  },
  {
    name: "no-engine",
    file: "manifest.json",
    text: JSON.stringify({ ...makeNamed("x").manifest, engine: null }),
    why: /"engine\.name" must be text/,
  },
  {
    name: "half-comparison",
    file: "comparison.json",
    text: '{"schemaVer',
    why: /comparison\.json as it is not JSON/,
  },
  { name: "newer-grid", file: "what_if.json", text: '{"schemaVersion": 7}', why: /schemaVersion is 7/ },
  { name: "other-json", file: "what_if.json", text: "3", why: /is it a benchbook what-if\?/ },
];

for (const { name, file, text, why } of broken) {
  Deno.test(`listRuns() lists as unreadable: ${name}`, () =>
    inFolder(async (parent) => {
      writeFile(join(parent, name), file, text);
      writeRun(parent, makeNamed("good"));
      const [good, bad, ...more] = await listRuns(parent);
      assert.equal(good?.id, "good");
      assert.deepEqual(more, []);
      assert.ok(bad?.kind === "unreadable");
      assert.equal(bad.id, name);
      assert.match(bad.problems[0], why);
    }));
}

Deno.test("listRuns() names a folder that is not there", async () => {
  await assert.rejects(listRuns("/no/such/folder"), (error) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, /Cannot list runs in \/no\/such\/folder: it does not exist/);
    return true;
  });
});

Deno.test("listRun() reads the head of one and no record", () =>
  inFolder(async (parent) => {
    const folder = writeRun(parent, makeNamed("one"));
    Deno.writeTextFileSync(join(folder, "requests.jsonl"), "broken\nbroken\n");
    assert.equal((await listRun(folder)).kind, "run");
  }));
