/**
 * Writes a run's page to disk.
 *
 * @module
 */
import { dirname } from "node:path";

import { RunError } from "../errors.ts";
import { replaceFile } from "../replace_file.ts";
import type { Run } from "../types.ts";
import { renderHtml } from "./html.ts";
import { buildReport, type Report } from "./report.ts";

/** The bundled script of a report. */
export const REPORT_BUNDLE = new URL("client/bundle.js", import.meta.url);

/** Where things are. */
export interface PublishOptions {
  /** The page's bundled script. @default {client/bundle.js beside this file} */
  readonly bundle?: URL;
}

/**
 * Renders the report of a run into one file, which appears whole or not at all.
 *
 * @param path Where the page goes; its folder is made when missing.
 * @throws {RunError} When the page cannot be written, or its script was not bundled.
 */
export async function publishReport(run: Run, path: string, options: PublishOptions = {}): Promise<void> {
  await publishPage(buildReport(run), path, options);
}

/**
 * Renders a report into one file, which appears whole or not at all.
 *
 * @param path Where the page goes; its folder is made when missing.
 * @throws {RunError} When the page cannot be written, or its script was not bundled.
 */
export async function publishPage(
  report: Report,
  path: string,
  { bundle = REPORT_BUNDLE }: PublishOptions = {},
): Promise<void> {
  const page = renderHtml(report, { clientScript: await readBundle(bundle) });
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause;
    throw new RunError(`Cannot write page as its folder ${dirname(path)} cannot be made: ${reason}`, {
      cause,
    });
  }
  replaceFile(path, page);
}

/**
 * Reads a page's script.
 *
 * @throws {RunError} When it was not bundled.
 */
export async function readBundle(url: URL): Promise<string> {
  try {
    return await Deno.readTextFile(url);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new RunError(
      `Cannot make report as its script was not bundled, run 'deno task bundle': there is no ${url.pathname}`,
      { cause },
    );
  }
}
