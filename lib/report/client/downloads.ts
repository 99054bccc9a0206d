/**
 * Saving the files that the page carries.
 *
 * @module
 */
import type { DownloadFile } from "../downloads.ts";
import { makeButton } from "./dom.ts";
import { saveFile } from "./save.ts";

/** Makes a button for each file. */
export function makeDownloads(files: readonly DownloadFile[]): Element[] {
  return files.map((file) => makeButton(file.label, { className: "action", onClick: () => save(file) }));
}

async function save({ name, type, gzip }: DownloadFile): Promise<void> {
  const packed = Uint8Array.from(atob(gzip), (character) => character.charCodeAt(0));
  const bytes = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  saveFile(name, new Blob([await new Response(bytes).arrayBuffer()], { type }));
}
