/**
 * Handing files to the reader.
 *
 * @module
 */
import { make } from "./dom.ts";

/** How long a browser may take to begin to save, in ms. */
const UNTIL_SAVED_MS = 10_000;

/** Saves a file under a name. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), UNTIL_SAVED_MS);
}

/**
 * Copies a text.
 *
 * @param fallback Selected where the browser does not let a page copy.
 * @returns What was done.
 */
export async function copyText(text: string, fallback: Node): Promise<"Copied" | "Selected"> {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied";
  } catch {
    getSelection()?.selectAllChildren(fallback);
    return "Selected";
  }
}
