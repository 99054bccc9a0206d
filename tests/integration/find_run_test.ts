import assert from "node:assert/strict";
import { join } from "node:path";

import { findRun, findRunById } from "../../lib/artifact/find_run.ts";
import { UsageError } from "../../lib/errors.ts";
import { makeRun } from "../testdata/runs/make_run.ts";
import { writeRun } from "../testdata/runs/write_run.ts";

async function inFolder(ids: readonly string[], look: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [place, runId] of ids.entries()) {
      const startedAt = `2026-01-02T03:04:${String(place).padStart(2, "0")}.000Z`;
      writeRun(folder, makeRun({ scales: [], manifest: { runId, startedAt } }));
    }
    await look(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function refuses(found: Promise<string>, message: RegExp): Promise<void> {
  return assert.rejects(found, (error) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, message);
    return true;
  });
}

Deno.test("findRunById() takes an id, a part that one id has, and latest", () =>
  inFolder(["sweep", "sweep-2", "rounds"], async (folder) => {
    assert.equal(await findRunById("sweep", folder), join(folder, "sweep")); // though "sweep-2" has it too
    assert.equal(await findRunById("p-2", folder), join(folder, "sweep-2"));
    assert.equal(await findRunById("latest", folder), join(folder, "rounds"));
  }));

Deno.test("findRunById() says which runs there are when it finds none, or several", () =>
  inFolder(["sweep-1", "sweep-2", "rounds"], async (folder) => {
    await refuses(
      findRunById("burst", folder),
      /Cannot find run burst in .*; there are\n {2}rounds\n {2}sweep-2\n/,
    );
    await refuses(
      findRunById("sweep", folder),
      /Cannot tell which run sweep is, as 2 in .* have it in their id; there are\n {2}sweep-2\n {2}sweep-1$/,
    );
  }));

Deno.test("findRunById() names ten runs at most", () =>
  inFolder(Array.from({ length: 12 }, (_, place) => `run-${place}`), async (folder) => {
    await refuses(findRunById("x", folder), /run-11\n(.*\n){9} {2}and 2 older$/);
  }));

Deno.test("findRunById() says that there is no run at all", () =>
  inFolder([], async (folder) => {
    await refuses(findRunById("latest", folder), /Cannot find run latest as there is none in/);
  }));

Deno.test("findRun() takes a folder for what it is, and a path even where there is nothing", () =>
  inFolder(["a"], async (folder) => {
    const path = join(folder, "a");
    assert.equal(await findRun(path, folder), path);
    assert.equal(await findRun("a", folder), path);
    assert.equal(await findRun("no/such/run", folder), "no/such/run");
  }));
