import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { publishRuns } from "../../lib/cli/publish_runs.ts";
import { RunError, UsageError } from "../../lib/errors.ts";
import type { Run } from "../../lib/types.ts";
import { makeRecord } from "../testdata/record.ts";
import { makeComparison } from "../testdata/runs/make_comparison.ts";
import { makeRun } from "../testdata/runs/make_run.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";
import { writeRun, writeStoredComparison } from "../testdata/runs/write_run.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

interface Folders {
  readonly runs: string;
  readonly output: string;
}

async function inFolders(look: (folders: Folders) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir();
  const [runs, output] = [join(parent, "runs"), join(parent, "reports")];
  Deno.mkdirSync(runs);
  try {
    await look({ runs, output });
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

function makeNamed(runId: string, change: Partial<Run["manifest"]> = {}): Run {
  return makeRun({ scales: [1], requests: 3, manifest: { runId, title: `Run ${runId}`, ...change } });
}

function publish({ runs, output }: Folders, more: { names?: readonly string[]; force?: boolean } = {}) {
  return publishRuns({ names: [], runs, output, ...more });
}

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
const read = (folder: string, name: string) => Deno.readTextFileSync(join(folder, name));

/** As if it had been written at that second of 2026. */
function setTime(path: string, second: number): void {
  const time = new Date(Date.UTC(2026, 0, 1, 0, 0, second));
  Deno.utimeSync(path, time, time);
}

Deno.test("publish makes the page of every run and comparison, and a list that leads to them", () =>
  inFolders(async (folders) => {
    writeRun(folders.runs, makeNamed("a"));
    const comparison = makeComparison({ repeats: 1, requests: 4 });
    writeStoredComparison(folders.runs, comparison);
    const { comparisonId } = comparison.manifest;
    const { made, failed, unreadable } = await publish(folders);
    assert.deepEqual(made.toSorted(), ["a", comparisonId].sort());
    assert.deepEqual([failed, unreadable], [[], []]);
    const pages = ["a.html", `${comparisonId}.html`];
    assert.deepEqual(namesIn(folders.output), [".nojekyll", "index.html", "index.json", ...pages].sort());
    const list = read(folders.output, "index.html");
    for (const page of pages) assert.ok(list.includes(`href="./${page}"`), page);
    assert.ok(!list.includes(folders.runs), "the list tells where the runs lie");
    assert.match(read(folders.output, "a.html"), /<title>Run a<\/title>/);
  }));

Deno.test("publish makes a page again when its run is newer, its program is another, or it is forced to", () =>
  inFolders(async (folders) => {
    const run = writeRun(folders.runs, makeNamed("a"));
    const page = join(folders.output, "a.html");
    await publish(folders);
    setTime(page, 30);
    for (const name of namesIn(run)) setTime(join(run, name), 20);
    assert.deepEqual((await publish(folders)).kept, ["a"]);
    setTime(join(run, "requests.jsonl"), 40);
    assert.deepEqual((await publish(folders)).made, ["a"]);
    assert.deepEqual((await publish(folders)).kept, ["a"]);
    assert.deepEqual((await publish(folders, { force: true })).made, ["a"]);
    Deno.writeTextFileSync(join(run, "summary.json"), "{}"); // derived: it moves nothing
    setTime(join(run, "summary.json"), 59);
    assert.deepEqual((await publish(folders)).kept, ["a"]);
    const index = read(folders.output, "index.json");
    Deno.writeTextFileSync(
      join(folders.output, "index.json"),
      index.replace(/"madeBy": "[^"]*"/, '"madeBy": "old"'),
    );
    assert.deepEqual((await publish(folders)).made, ["a"]);
    Deno.removeSync(page);
    assert.deepEqual((await publish(folders)).made, ["a"]);
  }));

Deno.test("publish keeps a page in the list whose run is gone, drops one that is gone, and names strangers", () =>
  inFolders(async (folders) => {
    const [a, b] = ["a", "b"].map((id) => writeRun(folders.runs, makeNamed(id)));
    await publish(folders);
    Deno.writeTextFileSync(join(folders.output, "odd page.html"), "");
    for (const folder of [a, b]) Deno.removeSync(folder ?? "", { recursive: true });
    Deno.removeSync(join(folders.output, "b.html"));
    await publish(folders);
    const list = read(folders.output, "index.html");
    assert.ok(list.includes("Run a"));
    assert.ok(!list.includes("Run b"));
    assert.match(list, /1 other page in this folder[^]*href="\.\/odd%20page\.html"/);
  }));

Deno.test("publish takes folders, ids and parts of ids, and leaves the other runs alone", () =>
  inFolders(async (folders) => {
    for (const id of ["one", "two", "three"]) writeRun(folders.runs, makeNamed(id));
    const { made } = await publish(folders, { names: ["tw", join(folders.runs, "one"), "two"] });
    assert.deepEqual(made, ["two", "one"]);
    const { failed } = await publish(folders, { names: ["three", "t", "four"] });
    assert.deepEqual(failed.map(({ id }) => id), ["t", "four"]);
    assert.match(failed[0]?.reason ?? "", /2 in .* have it in their id; there are\n {2}\w+\n {2}\w+$/);
    assert.match(failed[1]?.reason ?? "", /Cannot find run four/);
    assert.ok(namesIn(folders.output).includes("three.html"));
  }));

Deno.test("publish goes on after a run that cannot be read, and says what and why", () =>
  inFolders(async (folders) => {
    writeRun(folders.runs, makeNamed("good"));
    const broken = writeRun(folders.runs, makeNamed("broken"));
    const [first, , last] = read(broken, "requests.jsonl").split("\n");
    Deno.writeTextFileSync(join(broken, "requests.jsonl"), `${first}\n{"cell": NaN}\n${last}\n`);
    const half = writeRun(folders.runs, makeNamed("half"));
    Deno.writeTextFileSync(join(half, "manifest.json"), '{"schemaVersion": 1, "ru');
    const newer = writeRun(folders.runs, makeNamed("newer"));
    Deno.writeTextFileSync(join(newer, "manifest.json"), '{"schemaVersion": 3}');
    const { made, failed, unreadable } = await publish(folders);
    assert.deepEqual(made, ["good"]);
    assert.deepEqual(failed.map(({ id, reason }) => `${id}: ${reason}`), [
      "broken: requests.jsonl:2: not JSON",
    ]);
    assert.deepEqual(unreadable.map(({ id }) => id).sort(), ["half", "newer"]);
    const list = read(folders.output, "index.html");
    assert.match(list, /3 folders without a report/);
    assert.match(list, /its schemaVersion is 3 and this benchbook knows up to 1: update benchbook/);
  }));

Deno.test("publish keeps what is only on its command line, and folders, out of the page", () =>
  inFolders(async (folders) => {
    writeRun(folders.runs, makeNamed("one"));
    const broken = join(folders.runs, "broken");
    Deno.mkdirSync(broken);
    const { failed } = await publish(folders, { names: ["one", "typo", broken] });
    assert.deepEqual(failed.map(({ id }) => id).sort(), ["broken", "typo"]);
    const page = read(folders.output, "index.html");
    assert.ok(!page.includes("typo") && !page.includes(folders.runs), page.slice(-2000));
    assert.match(page, /broken/);
  }));

Deno.test("publish refuses an id that cannot name a page, and one that names one already", () =>
  inFolders(async (folders) => {
    writeRun(folders.runs, makeNamed("../outside"), "evil");
    writeRun(folders.runs, makeNamed("index"), "list");
    writeRun(folders.runs, makeNamed("a"), "a");
    writeRun(folders.runs, makeNamed("a"), "copy of a");
    const { made, failed } = await publish(folders);
    assert.deepEqual(made, ["a"]);
    const reasons = failed.map(({ reason }) => reason).join("\n");
    assert.match(reasons, /usable as a file name other than index: current value is "\.\.\/outside"/);
    assert.match(reasons, /current value is "index"/);
    assert.match(reasons, /another run has the same id: current value is a/);
    assert.deepEqual(namesIn(join(folders.output, "..")), ["reports", "runs"]);
  }));

const withoutScripts = (text: string) => text.replaceAll(/<script[^]*?<\/script>/g, "");

const failedRecord = makeRecord([], {
  outcome: { kind: "failed", failure: "http", message: "503", status: 503 },
});
const hard = [
  { name: "a run with only failures", run: makeSmallRun([makeCell()], [failedRecord]) },
  { name: "a run of one request", run: makeSmallRun([makeCell()], [makeRecord([50, 60])]) },
  {
    name: "a run whose request brought no token",
    run: makeSmallRun([makeCell()], [makeRecord([], { outcome: { kind: "ok", finishReason: "stop" } })]),
  },
  {
    name: "a run that was killed before its first request ended",
    run: makeSmallRun([makeCell({ status: "running", endMs: null })], []),
  },
  { name: "a run without cells", run: makeSmallRun([], []) },
];

for (const { name, run } of hard) {
  Deno.test(`publish makes the page of ${name}`, () =>
    inFolders(async (folders) => {
      writeRun(folders.runs, run);
      const { made, failed } = await publish(folders);
      assert.deepEqual(failed, []);
      assert.deepEqual(made, [run.manifest.runId]);
      const page = read(folders.output, `${run.manifest.runId}.html`);
      const list = read(folders.output, "index.html");
      for (const text of [page, list]) {
        const [odd] = withoutScripts(text).match(/>[^<]*\b(NaN|Infinity|undefined(?! below))\b[^<]*</) ?? [];
        assert.equal(odd, undefined);
      }
    }));
}

Deno.test("publish says that there is no such folder of runs, and that index.json is broken", () =>
  inFolders(async (folders) => {
    await assert.rejects(publish({ ...folders, runs: join(folders.runs, "no") }), (error) => {
      assert.ok(error instanceof UsageError);
      return /Cannot list runs in .*no: it does not exist/.test(error.message);
    });
    await publish(folders);
    Deno.writeTextFileSync(join(folders.output, "index.json"), "{");
    await assert.rejects(publish(folders), (error) => {
      assert.ok(error instanceof SyntaxError);
      return /index\.json as it is not JSON; remove it, and deno task publish makes it again/.test(
        error.message,
      );
    });
  }));

Deno.test("publish says that its output folder cannot be made before it computes anything", () =>
  inFolders(async (folders) => {
    writeRun(folders.runs, makeNamed("a"));
    Deno.writeTextFileSync(folders.output, "a file");
    await assert.rejects(publish({ ...folders, output: join(folders.output, "reports") }), (error) => {
      assert.ok(error instanceof RunError);
      return /Cannot publish into .*reports as it cannot be made a folder: .*; choose another --output/.test(
        error.message,
      );
    });
  }));

async function runPublish(args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: ["run", "--no-prompt", "--allow-all", "lib/cli/publish.ts", ...args],
    cwd: root,
  }).output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout), errors: decoder.decode(stderr) };
}

Deno.test({
  name: "publish stops at a full disk and leaves no half page",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    inFolders(async ({ runs, output }) => {
      writeRun(runs, makeNamed("a"));
      Deno.mkdirSync(output);
      Deno.symlinkSync("/dev/full", join(output, "a.html.part"));
      const { code, errors } = await runPublish(["--runs", runs, "--output", output]);
      assert.equal(code, 1);
      assert.match(errors, /^error: Cannot write .*a\.html: No space left on device/);
      assert.deepEqual(namesIn(output), [".nojekyll"]);
    }),
});

Deno.test("deno task publish says what it made, what it left out, and its exit code", () =>
  inFolders(async ({ runs, output }) => {
    const where = ["--runs", runs, "--output", output];
    const empty = await runPublish(where);
    assert.equal(empty.code, 0, empty.errors);
    assert.match(empty.output, /there is no run yet: deno task bench:qwen/);
    writeRun(runs, makeNamed("a"));
    Deno.mkdirSync(join(runs, "nothing"));
    const first = await runPublish(where);
    assert.equal(first.code, 0, first.errors);
    assert.equal(
      first.output,
      `page   ${
        join(output, "a.html")
      }\nnote: nothing has no page: Cannot read the folder as a run: it holds neither ` +
        `comparison.json nor what_if.json nor manifest.json\nindex  ${join(output, "index.html")}\n`,
    );
    const again = await runPublish([...where, "--json", "a", "b"]);
    assert.equal(again.code, 1);
    const said = JSON.parse(again.output);
    assert.deepEqual([said.made, said.kept], [[], ["a"]]);
    assert.match(again.errors, /^error: b has no page: Cannot find run b/);
  }));
