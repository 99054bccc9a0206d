import assert from "node:assert/strict";

import { readRun } from "../../lib/artifact/read.ts";
import { main } from "../../lib/cli/bench_dual_round.ts";
import { UsageError } from "../../lib/errors.ts";
import type { Run } from "../../lib/types.ts";

/** Runs the command in virtual time into a folder of its own. */
async function bench(
  args: readonly string[],
  look: (run: Run, code: number) => void | Promise<void> = () => {},
): Promise<void> {
  const outputDir = await Deno.makeTempDir();
  try {
    const common = ["--virtual-time", "--json", "--no-report", "--output-dir", outputDir, "--run-id", "run"];
    const code = await main([...common, ...args]);
    await look(await readRun(`${outputDir}/run`), code);
  } finally {
    await Deno.remove(outputDir, { recursive: true });
  }
}

async function withFile(text: string, use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(path, text);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("a recipe's stages run with their own options, and a flag wins over all of them", () =>
  withFile(
    `
global: { dataset: demo, num_samples: [3], temperature: 0.5, slo_file: data/samples/slo.yaml }
stages:
  - { name: one, engine: { cache: naive, tp: 2 }, concurrency_levels: [1, 2], max_output_tokens: 9 }
  - { name: two, engine: { page_tokens: 16 }, rounds: 3, max_output_tokens: 5, top_p: 0.9 }
`,
    (recipe) =>
      bench(["--recipe", recipe, "--max-output-tokens", "7"], ({ manifest, records }, code) => {
        assert.equal(code, 0);
        assert.deepEqual(
          manifest.cells.map(({ parameters: { stage, concurrency, round } }) => [stage, concurrency, round]),
          [
            ...[["one", 1, 1], ["one", 1, 2], ["one", 2, 1], ["one", 2, 2]],
            ...[["two", 1, 1], ["two", 1, 2], ["two", 1, 3]],
          ],
        );
        assert.match(manifest.cells[0]?.engine ?? "", /H200 × 2 \(SGLang, naive cache\)/);
        assert.match(manifest.cells[4]?.engine ?? "", /H200 × 4 \(SGLang, radix cache\)/);
        assert.ok(Array.from(records).every(({ outputTokens }) => outputTokens === 7));
        const stages = manifest.options.stages as { sampling: object; simulator: object }[];
        assert.deepEqual(stages.map(({ sampling }) => sampling), [{ temperature: 0.5 }, {
          temperature: 0.5,
          topP: 0.9,
        }]);
        // pages of 16 in theory as in the engine
        for (const { theoreticalCache, engineCache, parameters } of manifest.cells.slice(4)) {
          if (parameters.round !== 1) assert.deepEqual(theoreticalCache, engineCache);
        }
        assert.ok(manifest.options.slo);
      }),
  ));

Deno.test("the exit code is 99 when limits are not met and that is to fail, else 0", () =>
  withFile("slo: { ttft_ms: 0.001 }", async (slo) => {
    const short = ["--num-samples", "2", "--slo-file", slo];
    await bench(short, (_run, code) => assert.equal(code, 0));
    await bench([...short, "--fail-on-slo"], (_run, code) => assert.equal(code, 99));
  }));

Deno.test("a preset's engine is kept, and without one the engine speaks as SGLang does", async () => {
  await bench(
    ["--num-samples", "2"],
    ({ manifest }) => assert.equal(manifest.engine.name, "simulated-sglang"),
  );
  await withFile(
    "engine: vllm",
    (preset) =>
      bench(["--num-samples", "2", "--sim-preset", preset], ({ manifest }) => {
        assert.equal(manifest.engine.name, "simulated-vllm");
      }),
  );
});

Deno.test("flags that cannot go together, or are something else here, are refused with what to do", async () => {
  const cases: readonly [readonly string[], RegExp][] = [
    [["--think-time", "1"], /--think-time without --mode multi-turn/],
    [["--fail-on-slo"], /--fail-on-slo without --slo-file/],
    [["--api-key", "sk-1"], /set OPENAI_API_KEY/],
    [["--mock-server"], /without --endpoint the embedded simulated engine answers/],
    [["--debug"], /use --save-requests/],
    [["--output", "x.json"], /use --output-dir/],
    [["--prometheus-url", "http://127.0.0.1:1/metrics"], /--prometheus-url with --virtual-time/],
    [["--recipe", "no/such.yaml"], /recipe no\/such.yaml: there is no such file/],
    [["--slo-file", "data/samples/recipe.yaml"], /recipe.yaml as it has no "global"/],
  ];
  for (const [args, message] of cases) {
    await assert.rejects(bench(args), (error: Error) => {
      assert.ok(error instanceof UsageError || error instanceof SyntaxError, `${error}`);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /sk-1/);
      return true;
    });
  }
  const server = ["--endpoint", "http://127.0.0.1:1/v1"];
  await assert.rejects(main([...server, "--gpu", "H100"]), /Cannot use --gpu with a running server/);
  await assert.rejects(
    main([...server, "--recipe", "data/samples/recipe.yaml"]),
    /they are the embedded engine's/,
  );
});
