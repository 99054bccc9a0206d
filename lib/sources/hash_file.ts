/**
 * What a file holds, as one number.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** SHA-256 of a file, in hex. @throws {Deno.errors.NotFound} When there is none. */
export async function hashFile(path: string): Promise<string> {
  using file = await Deno.open(path);
  const hash = createHash("sha256");
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}
