import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { dialectChoices } from "../../lib/cli/dialect_table.ts";
import { main as report } from "../../lib/cli/report.ts";
import { UsageError } from "../../lib/errors.ts";
import { runComparison } from "../../lib/modes/compare/run_comparison.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A comparison of two simulated engines at one load, whose runs are runs as any other. */
async function inComparison(look: (folder: string, runs: readonly string[]) => Promise<void>): Promise<void> {
  const outputDir = await Deno.makeTempDir();
  try {
    const { folder, stored } = await runComparison({
      engines: (["mini-sglang", "sglang"] as const).map((engine) => (
        { kind: "simulated", name: engine, simulator: { engine } }
      )),
      ...{ comparisonId: "c", repeats: 1, loads: [0.2], outputDir },
      load: { trace: "demo", requests: 12, virtualTime: true, warmup: 1 },
    });
    await look(folder, [...stored.runs.keys()].map((name) => join(folder, name)));
  } finally {
    await Deno.remove(outputDir, { recursive: true });
  }
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile).map(({ name }) => name).sort();
}

async function runReport(args: readonly string[]): Promise<{ code: number; output: string }> {
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      "--allow-write",
      "--allow-env",
      "lib/cli/report.ts",
      ...args,
    ],
    cwd: root,
  }).output();
  return { code, output: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

Deno.test("report makes the files and the page of a comparison again", () =>
  inComparison(async (folder) => {
    const first = await runReport([folder, "--output", join(folder, "first.html"), "--json"]);
    assert.equal(JSON.parse(first.output).comparisonId, "c");
    const derived = ["fairness.csv", "ratios.csv", "result.json"];
    assert.deepEqual(namesIn(folder), ["comparison.json", "first.html", ...derived].sort());
    const before = derived.map((name) => Deno.readTextFileSync(join(folder, name)));
    for (const name of derived) Deno.removeSync(join(folder, name));
    const page = join(folder, "again.html");
    const { code, output } = await runReport([folder, "--output", page]);
    assert.equal(code, 0, output);
    assert.match(output, /report {6}\S+again\.html/);
    assert.match(output, /sglang/);
    assert.deepEqual(derived.map((name) => Deno.readTextFileSync(join(folder, name))), before);
    assert.equal(Deno.readTextFileSync(page), Deno.readTextFileSync(join(folder, "first.html")));
  }));

Deno.test("report --dialect is of single runs, and names those of a comparison", () =>
  inComparison(async (folder, runs) => {
    await assert.rejects(
      report([folder, "--dialect", "vllm", "--output", join(folder, "p.html")]),
      (error) => {
        assert.ok(error instanceof UsageError);
        for (const run of runs) assert.ok(error.message.includes(run), error.message);
        return true;
      },
    );
    assert.deepEqual(namesIn(folder), ["comparison.json"]); // nothing was written
  }));

Deno.test("report --dialect prints each tool's rows, and dialects.json has the same numbers", () =>
  inComparison(async (_, [run = ""]) => {
    const said: { code: number; output: string }[] = [];
    for (const dialect of dialectChoices) {
      said.push(await runReport([run, "--dialect", dialect, "--output", join(run, "page.html")]));
    }
    for (const { code, output } of said) assert.equal(code, 0, output);
    const { tools, cells } = JSON.parse(Deno.readTextFileSync(join(run, "dialects.json")));
    for (const [place, { name, label, rows }] of tools.entries()) {
      const output = said[place]?.output ?? "";
      assert.ok(output.includes(`as ${label} prints it`), output);
      for (const row of rows) assert.ok(output.includes(row.name), `${name}: ${row.name}`);
    }
    const [cell] = cells;
    const ttft = cell.tools.vllm["Mean TTFT (ms)"];
    assert.ok(
      said[0]?.output.split("\n").some((line) =>
        line.includes("Mean TTFT (ms)") && line.includes(ttft.toFixed(2))
      ),
    );
    assert.match(said.at(-1)?.output ?? "", /ours .*vLLM bench serve.*mini-sglang/);
  }));

Deno.test("report takes several folders, goes on after one that cannot be read, and exits with 1", () =>
  inComparison(async (folder, [run = ""]) => {
    const missing = join(folder, "no-such-run");
    const { code, output } = await runReport([missing, run, "--json"]);
    const [line = "", ...errors] = output.trim().split("\n");
    const { runId, report: page } = JSON.parse(line);
    Deno.removeSync(join(root, page));
    assert.equal(join(folder, runId), run);
    assert.match(
      errors.join("\n"),
      /no-such-run\/manifest\.json: it does not exist[^]*1 of 2 could not be made/,
    );
    assert.equal(code, 1);
  }));

Deno.test("report refuses one page for several runs, and no run at all", async () => {
  await assert.rejects(report(["a/b", "c/d", "--output", "page.html"]), /Cannot use --output with 2 runs/);
  await assert.rejects(report([]), /Cannot make a report of nothing: give the folder of a run, or --run/);
});

Deno.test("report makes the page of a what-if grid again", async () => {
  const outputDir = await Deno.makeTempDir();
  try {
    const flags = ["--tp", "1", "4", "--requests", "12", "--scales", "1", "--json", "--no-report"];
    const { code } = await new Deno.Command("deno", {
      args: [
        ...[
          "run",
          "--no-prompt",
          "--allow-read",
          "--allow-write",
          "--allow-env",
          "--allow-sys",
          "lib/cli/simulate.ts",
        ],
        ...["--run-id", "grid", "--output-dir", outputDir, ...flags],
      ],
      cwd: root,
    }).output();
    assert.equal(code, 0);
    const page = join(outputDir, "pages", "grid.html");
    const again = await runReport([join(outputDir, "grid"), "--output", page]);
    assert.equal(again.code, 0, again.output);
    assert.match(Deno.readTextFileSync(page), /<title>What if: TP 1, TP 4<\/title>/);
    const refused = await runReport([join(outputDir, "grid"), "--output", page, "--dialect", "vllm"]);
    assert.equal(refused.code, 2);
    assert.match(refused.output, /Cannot use --dialect with .*grid as it is a grid of several runs/);
  } finally {
    await Deno.remove(outputDir, { recursive: true });
  }
});
