import assert from "node:assert/strict";
import { join } from "node:path";

import { readEnvironment } from "../../lib/artifact/environment.ts";
import { readRun } from "../../lib/artifact/read.ts";
import { createRun } from "../../lib/artifact/write.ts";
import { UsageError } from "../../lib/errors.ts";
import type { RunManifest } from "../../lib/types.ts";
import { makeRecord } from "../testdata/record.ts";

const manifest: RunManifest = {
  schemaVersion: 1,
  runId: "run",
  mode: "test",
  title: "test",
  status: "running",
  startedAt: "2026-01-01T00:00:00.000Z",
  command: [],
  options: {},
  seed: 1,
  engine: { name: "simulated", simulated: true, description: "", baseUrl: "" },
  model: "m",
  workload: {
    trace: null,
    prompts: { kind: "blocks", sha256: "", templateTokens: 8, lengthCheck: "assumed" },
    skipped: [],
    notes: [],
  },
  transport: "node",
  cells: [],
  environment: readEnvironment(),
  clockAnchors: [],
  clock: "real",
};

/** Runs in a folder of its own that is gone afterwards. */
async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("what createRun() writes, readRun() reads", () =>
  inFolder(async (parent) => {
    const records = [makeRecord([1, 2]), makeRecord([3], { id: 1 })];
    using writer = createRun(parent, manifest);
    for (const record of records) writer.append(record);
    writer.writeManifest({ ...manifest, status: "complete" });
    const run = await readRun(writer.folder);
    assert.deepEqual(run, {
      manifest: { ...manifest, status: "complete" },
      records,
      telemetry: [],
      incomplete: false,
      problems: [],
    });
  }));

Deno.test("a run that was killed is readable up to its last whole record, and says that it is incomplete", () =>
  inFolder(async (parent) => {
    using writer = createRun(parent, manifest);
    writer.append(makeRecord([1, 2]));
    await Deno.writeTextFile(join(writer.folder, "requests.jsonl"), '{"cell": 0, "id": 1, "sche', {
      append: true,
    });
    const run = await readRun(writer.folder);
    assert.equal(run.records.length, 1);
    assert.equal(run.incomplete, true);
    assert.match(run.problems.join("\n"), /cut off in the middle.*\n.*was killed/);
  }));

Deno.test("readRun() names the line of a broken record", () =>
  inFolder(async (parent) => {
    using writer = createRun(parent, manifest);
    writer.append(makeRecord([1]));
    await Deno.writeTextFile(join(writer.folder, "requests.jsonl"), "nonsense\n", { append: true });
    await assert.rejects(readRun(writer.folder), /requests\.jsonl:2: not JSON/);
  }));

Deno.test("createRun() does not write into a run that exists", () =>
  inFolder((parent) => {
    using _first = createRun(parent, manifest);
    assert.throws(() => createRun(parent, manifest), (error: Error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /exists already: choose another --run-id/);
      return true;
    });
    return Promise.resolve();
  }));

Deno.test("readRun() of a folder without a run says what it wants", () =>
  inFolder(async (parent) => {
    await assert.rejects(readRun(parent), (error: Error) =>
      error instanceof UsageError && /data\/runs/.test(error.message));
  }));

Deno.test("readRun() leaves the records of a long run on disk, and gives the same ones each time", () =>
  inFolder(async (parent) => {
    // 6,000 tics of some 7 characters are 40 kB: 900 of them are more than the 32 MB that are kept.
    const ticsMs = Array.from({ length: 6000 }, (_, i) => 1000 + i / 1000);
    using writer = createRun(parent, { ...manifest, status: "complete" });
    for (let id = 0; id < 900; id++) writer.append(makeRecord(ticsMs, { id }));
    const { records } = await readRun(writer.folder);
    assert.ok(!Array.isArray(records));
    assert.equal(records.length, 900);
    assert.deepEqual(records.at(899), makeRecord(ticsMs, { id: 899 }));
    assert.equal(records.at(900), undefined);
    for (let pass = 0; pass < 2; pass++) {
      assert.deepEqual(Array.from(records, ({ id }) => id), [...Array(900).keys()]);
    }
    await Deno.writeTextFile(join(writer.folder, "requests.jsonl"), "nonsense\n{", { append: true });
    const broken = await readRun(writer.folder);
    assert.match(broken.problems.join(), /cut off/);
    assert.throws(() => [...broken.records], /requests\.jsonl:901: not JSON/);
  }));
