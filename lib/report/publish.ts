/**
 * Writes a run's page to disk.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Run } from "../types.ts";
import { renderHtml } from "./html.ts";
import { buildReport } from "./report.ts";

/** Where things are. */
export interface PublishOptions {
  /** The page's bundled script. @default {client/bundle.js beside this file} */
  readonly bundle?: URL;
}

/**
 * Renders the report of a run into one file, which appears whole or not at all.
 *
 * @param path Where the page goes; its folder is made when missing.
 * @throws {Error} When the page's script was not bundled.
 */
export async function publishReport(
  run: Run,
  path: string,
  { bundle = new URL("client/bundle.js", import.meta.url) }: PublishOptions = {},
): Promise<void> {
  const page = renderHtml(buildReport(run), { clientScript: await readBundle(bundle) });
  await Deno.mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.partial`;
  await Deno.writeTextFile(unfinished, page);
  await Deno.rename(unfinished, path);
}

async function readBundle(url: URL): Promise<string> {
  try {
    return await Deno.readTextFile(url);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error(
      `Cannot make report as its script was not bundled, run 'deno task bundle': there is no ${url.pathname}`,
      { cause },
    );
  }
}
