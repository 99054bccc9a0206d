import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { publishReport } from "../../lib/report/publish.ts";
import { makeRun } from "../testdata/runs/make_run.ts";

const run = makeRun({ requests: 3, scales: [1] });

Deno.test("publishReport() writes one whole file into a new folder", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const bundle = join(folder, "bundle.js");
    await Deno.writeTextFile(bundle, "0");
    const path = join(folder, "new", "page.html");
    await publishReport(run, path, { bundle: pathToFileURL(bundle) });
    assert.match(
      await Deno.readTextFile(path),
      /^<!doctype html>[\s\S]*<script>0<\/script>[\s\S]*<\/html>\n$/,
    );
    assert.deepEqual([...Deno.readDirSync(join(folder, "new"))].map(({ name }) => name), ["page.html"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("publishReport() names the task to run when the script was not bundled", async () => {
  const bundle = new URL("no_such_bundle.js", import.meta.url);
  await assert.rejects(
    publishReport(run, "unused.html", { bundle }),
    /run 'deno task bundle': there is no .*no_such_bundle\.js/,
  );
});
