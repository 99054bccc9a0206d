import assert from "node:assert/strict";
import { join } from "node:path";

import { RunError } from "../../lib/errors.ts";
import { replaceFile } from "../../lib/replace_file.ts";

/** A folder of its own that is gone afterwards. */
function inFolder(use: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name);

Deno.test("replaceFile() writes pieces as the text they make together", () =>
  inFolder((folder) => {
    const path = join(folder, "table.csv");
    const pieces = Array.from({ length: 30_000 }, (_, i) => `${i},ä\n`); // more than is written at once
    replaceFile(path, pieces);
    assert.equal(Deno.readTextFileSync(path), pieces.join(""));
    replaceFile(path, "whole");
    assert.equal(Deno.readTextFileSync(path), "whole");
    replaceFile(path, []);
    assert.equal(Deno.readTextFileSync(path), "");
  }));

Deno.test("replaceFile() keeps the old file when a piece cannot be made, and leaves nothing beside it", () =>
  inFolder((folder) => {
    const path = join(folder, "table.csv");
    replaceFile(path, "old");
    const pieces = function* () {
      yield "new";
      throw new SyntaxError("requests.jsonl:7: not JSON");
    };
    assert.throws(() => replaceFile(path, pieces()), /requests\.jsonl:7/);
    assert.equal(Deno.readTextFileSync(path), "old");
    assert.deepEqual(namesIn(folder), ["table.csv"]);
  }));

Deno.test("replaceFile() says what it could not write", () =>
  inFolder((folder) => {
    assert.throws(() => replaceFile(join(folder, "missing", "x"), "text"), (error: Error) => {
      assert.ok(error instanceof RunError);
      return /Cannot write .*missing/.test(error.message);
    });
    assert.deepEqual(namesIn(folder), []);
  }));
