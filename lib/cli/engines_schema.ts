/**
 * `deno task schema:engines`: writes the JSON schema of files of engines, by which editors complete them.
 *
 * @module
 */
import { engineFileSchema } from "../engines/engine_keys.ts";
import { replaceFile } from "../replace_file.ts";

if (import.meta.main) {
  replaceFile("data/engines.schema.json", JSON.stringify(engineFileSchema(), null, 2) + "\n");
}
