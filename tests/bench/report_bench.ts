/**
 * `deno task bench:report`: time to read a run of 1,000 × 6 requests with the answer lengths of Qwen trace A
 * (mean 358 tokens) and to make its page, and the page's size.
 *
 * @module
 */
import { join } from "node:path";
import { readRun } from "../../lib/artifact/read.ts";
import { createRun } from "../../lib/artifact/write.ts";
import { publishReport } from "../../lib/report/publish.ts";
import { makeRun } from "../testdata/runs/make_run.ts";
import { median, printTable } from "./table.ts";

const REPEATS = 5;

interface Timing {
  readonly readMs: number;
  readonly publishMs: number;
}

/** Writes the run as an artifact. @returns Its folder. */
function writeArtifact(parent: string): string {
  const { manifest, records } = makeRun({ requests: 1000, outputTokens: 358 });
  using writer = createRun(parent, manifest);
  for (const record of records) writer.append(record);
  return writer.folder;
}

async function measure(folder: string, page: string): Promise<Timing> {
  const startMs = performance.now();
  const run = await readRun(folder);
  const readMs = performance.now();
  await publishReport(run, page);
  return { readMs: readMs - startMs, publishMs: performance.now() - readMs };
}

async function main(): Promise<void> {
  const parent = await Deno.makeTempDir();
  try {
    const folder = writeArtifact(parent);
    const page = join(parent, "page.html");
    const timings: Timing[] = [];
    for (let i = 0; i < REPEATS; i++) timings.push(await measure(folder, page));
    const milliseconds = (of: (timing: Timing) => number) => `${Math.round(median(timings.map(of)))} ms`;
    const { size } = await Deno.stat(page);
    printTable(`Report of 1,000 × 6 requests (median of ${REPEATS})`, ["step", "took"], [
      ["read the run", milliseconds(({ readMs }) => readMs)],
      ["make and write the page", milliseconds(({ publishMs }) => publishMs)],
      ["both", milliseconds(({ readMs, publishMs }) => readMs + publishMs)],
      ["size of the page", `${Math.round(size / 1000)} kB`],
    ]);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

await main();
