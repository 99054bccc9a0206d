import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseHTML } from "linkedom";

import { listRuns } from "../../lib/artifact/list_runs.ts";
import { parseIndex } from "../../lib/report/index/entry.ts";

const folder = fileURLToPath(new URL("../../reports/sample/", import.meta.url));
const runs = fileURLToPath(new URL("../../data/samples/runs/", import.meta.url));
const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
const read = (name: string) => Deno.readTextFileSync(join(folder, name));

Deno.test("the committed reports are small enough to be committed", () => {
  const bytes = names.reduce((sum, name) => sum + Deno.statSync(join(folder, name)).size, 0);
  assert.ok(bytes <= 2_000_000, `${bytes} bytes`);
  assert.ok(names.includes(".nojekyll"));
});

Deno.test("the committed list leads to a page for each committed run, and to nothing else", async () => {
  const ids = (await listRuns(runs)).map(({ id }) => id);
  assert.deepEqual(parseIndex(read("index.json"), "index.json").map(({ id }) => id).sort(), ids.toSorted());
  const { document } = parseHTML(read("index.html"));
  const links = [...document.querySelectorAll("a")].map((link) => link.getAttribute("href"));
  assert.deepEqual(links.sort(), ids.map((id) => `./${id}.html`).sort());
  assert.deepEqual(
    names.filter((name) => name.endsWith(".html")).sort(),
    ["index.html", ...ids.map((id) => `${id}.html`)].sort(),
  );
});

for (const name of names.filter((name) => name.endsWith(".html") && name !== "index.html")) {
  Deno.test(`the committed report ${name} says that it is simulated, and carries its data`, () => {
    const { document } = parseHTML(read(name));
    assert.match(document.querySelector(".banner.simulated")?.textContent ?? "", /No GPU computed/);
    const { downloads } = JSON.parse(document.getElementById("data")?.textContent ?? "");
    const files = downloads.map(({ name }: { name: string }) => name.split(".").slice(1).join("."));
    assert.ok(files.includes("requests.csv"), files.join());
    assert.ok(files.some((file: string) => file.endsWith("json")), files.join());
  });
}
