import assert from "node:assert/strict";

import { UsageError } from "../../lib/errors.ts";
import { parseRecipe } from "../../lib/modes/recipe_file.ts";

const parse = (text: string) => parseRecipe(text, "r.yaml");

Deno.test("a stage has what global says, unless it says otherwise", () => {
  const recipe = parse(`
global:
  dataset: questions.jsonl
  rounds: 3
  engine: { tp: 8, cache: radix }
stages:
  - concurrency_levels: [2, 4]
    num_samples: 8
  - name: short
    rounds: 1
    engine: { cache: naive }
    env: { CUDA_VISIBLE_DEVICES: 0 }
`);
  assert.deepEqual(recipe.stages, [
    {
      name: "stage 1",
      values: { dataset: "questions.jsonl", rounds: 3, concurrency_levels: [2, 4], num_samples: [8] },
      engine: { tp: 8, cache: "radix" },
      env: {},
    },
    {
      name: "short",
      values: { dataset: "questions.jsonl", rounds: 1 },
      engine: { tp: 8, cache: "naive" },
      env: { CUDA_VISIBLE_DEVICES: "0" },
    },
  ]);
  assert.deepEqual(recipe.notes, [
    "short: env is recorded and changes nothing, as the server is not started here (CUDA_VISIBLE_DEVICES).",
  ]);
});

Deno.test("recipes of other tools are read: underscores, suites, mock servers, keys that mean nothing here", () => {
  const recipe = parse(`
global:
  dataset: "datasets/sharegpt_clean.jsonl"
  model: "gpt-3.5-turbo"
  timeout: 300
  mode: "multi_turn"
  max_input_length: null
  api_key: null
  shuffle_round2: true
  debug: false
  debug_verbose: true
  slo_file: null
  prometheus_url: null
  prometheus_metrics: []
  reset_cache_between_rounds: false
mock_server: { enabled: true, host: 127.0.0.1, port: 8765 }
vllm: { auto_restart: false, startup_command: null, port: 8000 }
suites:
  - name: Warm-up
    stages:
      - { name: low, concurrency_levels: [2], num_samples: [4], min_output_tokens: 32 }
  - stages:
      - { concurrency_levels: [32, 48], num_samples: [64, 96] }
`);
  assert.deepEqual([recipe.global.mode, recipe.global.shuffle_round2, recipe.global.prometheus_metrics], [
    ...["multi-turn", true, []],
  ]);
  assert.deepEqual(recipe.stages.map(({ name }) => name), ["Warm-up: low", "suite 2: stage 1"]);
  assert.equal(recipe.stages[0]?.values.min_output_tokens, 32);
  assert.deepEqual(recipe.notes, [
    "r.yaml: global: debug_verbose is not used here.",
    "mock_server: the embedded simulated engine takes its place.",
  ]);
});

Deno.test("what is wrong with a recipe is said with its place, its value and the nearest name", () => {
  const cases: readonly [string, RegExp][] = [
    ["stages: []", /r.yaml as it has no stages/],
    ["{}", /r.yaml as it has no stages/],
    ["global: 3\nstages: [{}]", /r.yaml: global as it must hold/],
    ["globals: {}\nstages: [{}]", /it has no "globals"; did you mean "global"/],
    [
      "global: { concurency_levels: [1] }\nstages: [{}]",
      /global as it has no "concurency_levels"; did you mean "concurrency_levels"/,
    ],
    [
      "stages: [{ concurrency_levels: [0] }]",
      /stages\[0\]: concurrency_levels as it must be a list of whole numbers ≥ 1: it is \[0\]/,
    ],
    [
      "stages: [{ rounds: two }]",
      /stages\[0\]: rounds as it must be a whole number from 1 to 100: it is "two"/,
    ],
    ["stages: [{ timeout: 3 }]", /stages\[0\] as it has no "timeout"/],
    [
      "global: { mode: triple }\nstages: [{}]",
      /mode as it must be one of dual-round, multi-turn: it is "triple"/,
    ],
    ["stages: [{ engine: { cache: 3 } }]", /stages\[0\]: engine: cache/],
    ["stages: [{ engine: { cash: naive } }]", /no "cash"; did you mean "cache"/],
    ["stages: [{ name: a }, { name: a }]", /two stages are called "a"/],
    ["stages: 3", /stages as it must be a list/],
    ["stages: [{}]\nsuites: []", /both suites and stages/],
    ["stages: [{ temperature: -1 }]", /temperature as it must be a number ≥ 0: it is -1/],
    ["stages: [{ top_p: 7 }]", /top_p as it must be a number above 0 and at most 1: it is 7/],
    ["global: { timeout: 0 }\nstages: [{}]", /timeout as it must be a number above 0: it is 0/],
    ["suites: [{ stages: [null] }]", /suites\[0\]: stages\[0\] as it must hold/],
    ["stages: [", /r.yaml as it is not YAML/],
  ];
  for (const [text, message] of cases) assert.throws(() => parse(text), { message }, text);
});

Deno.test("options of the engine may be spelled as the other keys are", () => {
  const [stage] =
    parse("stages: [{ engine: { max_running_requests: 2, page-tokens: 16, cache: naive } }]").stages;
  assert.deepEqual(stage?.engine, { maxRunningRequests: 2, pageTokens: 16, cache: "naive" });
});

Deno.test("keys and restarts are refused: neither belongs in a file that is only read", () => {
  assert.throws(() => parse("global: { api_key: sk-1 }\nstages: [{}]"), (error: Error) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, /set OPENAI_API_KEY/);
    assert.doesNotMatch(error.message, /sk-1/);
    return true;
  });
  assert.throws(() => parse("vllm: { auto_restart: true }\nstages: [{}]"), /auto_restart: false/);
});
