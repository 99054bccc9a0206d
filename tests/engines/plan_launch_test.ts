import assert from "node:assert/strict";

import { external, llamaCpp, miniSglang, sglang, simulatedSglang, vllm } from "../../lib/engines/mod.ts";
import { planLaunch, type PlanLaunchOptions } from "../../lib/engines/plan_launch.ts";
import type { CommandLaunch, EngineProfile } from "../../lib/engines/profile.ts";

const lineOf = (profile: EngineProfile, options: PlanLaunchOptions) =>
  planLaunch(profile, options).command.join(" ");

function withLaunch(launch: Partial<CommandLaunch>): EngineProfile {
  const base: CommandLaunch = {
    kind: "command",
    command: ["serve", "{port}"],
    env: {},
    defaultPort: 7,
    healthPath: "/health",
    readyTimeoutMs: 1000,
    model: null,
    tp: 1,
    presets: [],
  };
  return { ...external, name: "own", label: "Own", launch: { ...base, ...launch } };
}

Deno.test("planLaunch has the README's commands, with the address that benchbook must know", () => {
  // README: python -m minisgl --model "Qwen/Qwen3-32B" --tp 4 --cache naive
  assert.equal(
    lineOf(miniSglang, { preset: "qwen3-32b-tp4" }),
    "python -m minisgl --model Qwen/Qwen3-32B --tp 4 --host 127.0.0.1 --port 1919 --cache naive",
  );
  // README: python3 -m sglang.launch_server --model "Qwen/Qwen3-32B" --tp 4 --disable-radix --port 1919
  // --decode-attention flashinfer
  assert.equal(
    lineOf(sglang, { preset: "qwen3-32b-tp4" }),
    "python3 -m sglang.launch_server --model Qwen/Qwen3-32B --tp 4 --host 127.0.0.1 --port 1919 " +
      "--disable-radix --decode-attention flashinfer",
  );
  assert.equal(
    lineOf(vllm, { model: "m", extraArgs: ["--max-num-seqs", "64"] }),
    "vllm serve m --tensor-parallel-size 1 --host 127.0.0.1 --port 8000 --max-num-seqs 64",
  );
  assert.equal(
    lineOf(llamaCpp, { model: "m.gguf", preset: "slots-16", port: 9, host: "0.0.0.0" }),
    "llama-server -m m.gguf --host 0.0.0.0 --port 9 --metrics -np 16 -c 65536",
  );
});

Deno.test("planLaunch: what is asked for wins over the preset, and the preset over the profile", () => {
  const profile = withLaunch({
    command: ["serve", "{model}", "{port}", "{tp}"],
    env: { A: "profile", B: "profile", C: "profile", PORT: "{port}" },
    model: "profile",
    presets: [{
      name: "p",
      description: "",
      args: [],
      model: "preset",
      port: 8,
      tp: 2,
      env: { B: "p", C: "p" },
    }],
  });
  assert.deepEqual(planLaunch(profile).command, ["serve", "profile", "7", "1"]);
  assert.deepEqual(planLaunch(profile, { preset: "p" }).command, ["serve", "preset", "8", "2"]);
  const plan = planLaunch(profile, { preset: "p", model: "own", port: 9, tp: 3, env: { C: "own" } });
  assert.deepEqual(plan.command, ["serve", "own", "9", "3"]);
  assert.deepEqual(plan.env, { A: "profile", B: "p", C: "own", PORT: "9" });
  assert.deepEqual([plan.port, plan.model, plan.readyTimeoutMs], [9, "own", 1000]);
  assert.equal(planLaunch(profile, { readyTimeoutMs: 5 }).readyTimeoutMs, 5);
});

Deno.test("planLaunch leaves braces alone that are no placeholders, and does not fill in what was filled in", () => {
  const profile = withLaunch({ command: ["serve", "{port}", '{"a": {"port": 1}}', "{model}", "${HOME}"] });
  const { command } = planLaunch(profile, { model: "{port}", extraArgs: ["{tp}"] });
  assert.deepEqual(command, ["serve", "7", '{"a": {"port": 1}}', "{port}", "${HOME}", "{tp}"]);
});

const refused: [profile: EngineProfile, options: PlanLaunchOptions, message: RegExp][] = [
  [external, {}, /no command: name a running one with --base-url/],
  [simulatedSglang, {}, /embedded: deno task serve --sim-engine sglang/],
  [
    { ...external, name: "far", launch: { kind: "running", baseUrl: "http://far/v1" } },
    {},
    /http:\/\/far\/v1/,
  ],
  [
    miniSglang,
    { preset: "qwen3-32b-tp8" },
    /preset "qwen3-32b-tp8" of mini-sglang; did you mean "qwen3-32b-tp4"\?/,
  ],
  [withLaunch({}), { preset: "any" }, /it has none/],
  [miniSglang, {}, /no model is named: pass --model, or --preset qwen3-32b-tp4/],
  [llamaCpp, {}, /no model is named: pass --model$/],
  [llamaCpp, { model: "m", tp: 2 }, /Cannot start llama\.cpp with --tp as its command has no \{tp\}/],
  [withLaunch({}), { model: "m" }, /with --model as its command has no \{model\}/],
  [vllm, { model: "m", extraArgs: ["--port=9"] }, /put --port before the --/],
];

Deno.test("planLaunch refuses what cannot be started, and says what to do", () => {
  for (const [profile, options, message] of refused) {
    assert.throws(() => planLaunch(profile, options), { name: "UsageError", message });
  }
});
