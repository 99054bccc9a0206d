import assert from "node:assert/strict";

import { parseEngineFile } from "../../lib/engines/engine_file.ts";
import { engineFileSchema } from "../../lib/engines/engine_keys.ts";

Deno.test("the schema in data/ is the one that the keys make (deno task schema:engines writes it)", async () => {
  assert.deepEqual(JSON.parse(await Deno.readTextFile("data/engines.schema.json")), engineFileSchema());
});

Deno.test("the sample of engines can be read", async () => {
  const path = "data/samples/engines.yaml";
  const profiles = parseEngineFile(await Deno.readTextFile(path), path);
  assert.deepEqual(profiles.map(({ name, launch }) => [name, launch?.kind]), [
    ["sglang-main", "command"],
    ["my-server", "command"],
    ["cluster", "running"],
  ]);
});
