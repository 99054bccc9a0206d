import assert from "node:assert/strict";
import { join } from "node:path";

import { readCsv, writeCsv } from "../../lib/notebook/csv.ts";
import { UsageError } from "../../lib/errors.ts";

async function inFolder(fn: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await fn(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("what writeCsv writes readCsv reads", () =>
  inFolder(async (folder) => {
    const path = join(folder, "rows.csv");
    const rows = [
      { name: 'a, "b"\nc', ms: -1.5e-7, valid: true, missing: null },
      { name: "2026-11-23T01:02:03Z", ms: 20, valid: false, missing: null },
    ];
    writeCsv(path, rows);
    assert.deepEqual(await readCsv(path), rows);
  }));

Deno.test("writeCsv keeps spreadsheets from running text", () =>
  inFolder(async (folder) => {
    const path = join(folder, "rows.csv");
    writeCsv(path, [{ name: "=1+1", ms: -1 }]);
    assert.equal(await Deno.readTextFile(path), `name,ms\n"'=1+1",-1\n`);
  }));

Deno.test("readCsv names the line of a row that does not fit, and a file that is not there", () =>
  inFolder(async (folder) => {
    const path = join(folder, "rows.csv");
    await Deno.writeTextFile(path, "a,b\n1,2\n3\n");
    await assert.rejects(readCsv(path), {
      name: "SyntaxError",
      message: /rows\.csv, row 2 as CSV: Too few fields/,
    });
    await assert.rejects(
      readCsv(join(folder, "none.csv")),
      (error) => error instanceof UsageError && /none\.csv: it does not exist$/.test(error.message),
    );
  }));

Deno.test("writeCsv has a column for every name that any row has", () =>
  inFolder(async (folder) => {
    const path = join(folder, "rows.csv");
    writeCsv(path, [{ a: 1, problem: "x" }, { a: 2, b: 3 }]);
    assert.equal(await Deno.readTextFile(path), "a,problem,b\n1,x,\n2,,3\n");
  }));

Deno.test("readCsv keeps ids that are no exact numbers", () =>
  inFolder(async (folder) => {
    const path = join(folder, "rows.csv");
    await Deno.writeTextFile(path, "id,ms\n12345678901234567890,1e3\n");
    assert.deepEqual(await readCsv(path), [{ id: "12345678901234567890", ms: 1000 }]);
  }));

Deno.test("readCsv reads a file of one column and one with a byte order mark", () =>
  inFolder(async (folder) => {
    const path = join(folder, "rows.csv");
    await Deno.writeTextFile(path, "\uFEFFms\n1\n2.5\n");
    assert.deepEqual(await readCsv(path), [{ ms: 1 }, { ms: 2.5 }]);
  }));
