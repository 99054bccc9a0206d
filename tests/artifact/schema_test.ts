import assert from "node:assert/strict";

import { parseManifest, parseRecord, SCHEMA_VERSION } from "../../lib/artifact/schema.ts";
import { makeRecord } from "../testdata/record.ts";

const manifest = {
  schemaVersion: 1,
  runId: "r",
  mode: "m",
  engine: {},
  workload: {},
  cells: [],
  environment: {},
};

Deno.test("parseRecord() is the inverse of JSON", () => {
  const record = makeRecord([1, 2.5], { usage: { promptTokens: 3, completionTokens: 2 } });
  assert.deepEqual(parseRecord(JSON.stringify(record), "f:1"), record);
});

Deno.test("parseRecord() names file, line and field", () => {
  const table: [string, RegExp][] = [
    ['{"cell": 0', /^f:7: not JSON$/],
    ["[]", /^f:7: not a JSON object$/],
    ["{}", /^f:7: "cell" is not a number$/],
    ['{"cell":0,"id":0,"scheduledMs":0,"doneMs":0}', /"ticsMs" is not a list/],
    ['{"cell":0,"id":0,"scheduledMs":0,"doneMs":0,"ticsMs":[]}', /"outcome" is missing/],
  ];
  for (const [line, message] of table) {
    assert.throws(() => parseRecord(line, "f:7"), (error: Error) => {
      assert.ok(error instanceof SyntaxError);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("parseManifest() takes every version up to its own and refuses newer ones with what to do", () => {
  assert.equal(parseManifest(JSON.stringify(manifest), "m.json").runId, "r");
  const newer = JSON.stringify({ ...manifest, schemaVersion: SCHEMA_VERSION + 1 });
  assert.throws(
    () => parseManifest(newer, "m.json"),
    /schemaVersion is 2 and this benchbook knows up to 1: update/,
  );
  assert.throws(() => parseManifest("{}", "m.json"), /no schemaVersion: is it a benchbook run/);
  assert.throws(
    () => parseManifest(JSON.stringify({ ...manifest, cells: undefined }), "m.json"),
    /"cells" is missing/,
  );
});
