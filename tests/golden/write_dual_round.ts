/**
 * Writes the dual-round table and files anew, for reading the difference:
 * `deno run --allow-read --allow-write=tests/golden/dual_round --allow-env tests/golden/write_dual_round.ts`.
 */
import { goldenTexts } from "../cli/dual_round_cases.ts";

const folder = new URL("./dual_round/", import.meta.url);
for (const { name } of Deno.readDirSync(folder)) Deno.removeSync(new URL(name, folder));
for (const [name, text] of goldenTexts()) Deno.writeTextFileSync(new URL(name, folder), text);
