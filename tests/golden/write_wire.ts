/**
 * Writes the wire transcripts anew, for reading the difference: `deno task golden:wire`.
 */
import { transcribe, transcriptFile, wireCases } from "../simulator/wire_cases.ts";

const folder = new URL("./wire/", import.meta.url);
for (const { name } of Deno.readDirSync(folder)) Deno.removeSync(new URL(name, folder));
for (const wireCase of wireCases) {
  Deno.writeTextFileSync(new URL(transcriptFile(wireCase), folder), transcribe(wireCase));
}
