/**
 * The simulated engine against the measured runs that are part of this repository.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

import { parseMeasuredRuns } from "../../lib/modes/measured_runs.ts";
import { type Comparison, simulateMeasured, summarizeComparisons } from "../../lib/modes/validate.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const path = "data/measured/qwen3_32b_h100_sglang.csv";

Deno.test("the simulated engine is as close to the measured runs as the documentation says", async () => {
  const runs = parseMeasuredRuns(await Deno.readTextFile(root + path), path);
  const comparisons: Comparison[] = [];
  for (const run of runs) comparisons.push(await simulateMeasured(run, { engine: "sglang" }));
  const { rows, tpotMape, tpotBias, ttftMape } = summarizeComparisons(comparisons);
  assert.equal(rows, 35);
  assert.ok(tpotMape !== null && tpotMape <= 0.06, `TPOT MAPE ${tpotMape}`);
  assert.ok(tpotBias !== null && Math.abs(tpotBias) <= 0.03, `TPOT bias ${tpotBias}`);
  assert.ok(ttftMape !== null && ttftMape <= 0.13, `TTFT MAPE ${ttftMape}`);
});

/** Runs the task as a user would. */
async function validate(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = new Deno.Command("deno", { args: ["task", "simulate:validate", ...args], cwd: root });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("simulate:validate takes another file and ends with one line of JSON", async () => {
  const file = await Deno.makeTempFile({ suffix: ".csv" });
  const [head, row] = (await Deno.readTextFile(root + path)).split(/\r?\n/);
  await Deno.writeTextFile(file, [head, row, row?.replace("h100_sxm", "b200")].join("\r\n"));
  const { code, stdout, stderr } = await validate("--data", file, "--json");
  await Deno.remove(file);
  assert.equal(code, 0, stderr);
  const summary = JSON.parse(stdout);
  assert.equal(stdout.trim().split("\n").length, 1);
  assert.deepEqual(Object.keys(summary), ["rows", "tpotMape", "tpotBias", "ttftMape", "ttftBias"]);
  assert.equal(summary.rows, 1);
  assert.match(stderr, /:3: left out: .*got "b200"/);
});

Deno.test("simulate:validate refuses a file that is no such table with exit code 2", async () => {
  const file = await Deno.makeTempFile({ suffix: ".csv" });
  await Deno.writeTextFile(file, "a,b\n1,2\n");
  const { code, stderr } = await validate("--data", file);
  await Deno.remove(file);
  assert.equal(code, 2);
  assert.match(stderr, /\.csv:1: Cannot read measured runs as the first line must name the columns/);
  assert.equal((await validate("--data", "no/such.csv")).code, 2);
});
