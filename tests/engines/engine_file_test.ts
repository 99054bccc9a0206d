import assert from "node:assert/strict";

import { parseEngineFile } from "../../lib/engines/engine_file.ts";
import { external, findEngine, miniSglang, sglang } from "../../lib/engines/mod.ts";
import { planLaunch } from "../../lib/engines/plan_launch.ts";

function parseOne(engine: string) {
  const [profile] = parseEngineFile(`engines:\n  mine: ${engine}`, "e.yaml");
  assert.ok(profile);
  return profile;
}

Deno.test("parseEngineFile takes over everything from the engine it is based on", () => {
  const profile = parseOne("{ based_on: sglang }");
  assert.deepEqual(profile, { ...sglang, name: "mine", label: "mine", ownedBy: [] });
});

Deno.test("parseEngineFile: what is said wins over what is taken over, preset by preset", () => {
  const profile = parseOne(`
    label: Mine
    based_on: mini-sglang
    env: { A: 1 }
    port: 2000
    ready_timeout_s: 1.5
    model: m
    asks_usage: true
    cache_reset_path: /flush
    metrics_families: ["mini:*"]
    version_path: /about
    version_key: release
    presets:
      qwen3-32b-tp4: { args: [--cache, radix], tp: 2 }
      more: { description: more, env: { B: x } }`);
  assert.deepEqual([profile.label, profile.quirks], ["Mine", { ...miniSglang.quirks, asksUsage: true }]);
  assert.deepEqual(profile.cacheReset, { path: "/flush", refusals: {} });
  assert.deepEqual(profile.metrics, { path: "/metrics", families: ["mini:*"], cache: null });
  assert.deepEqual(profile.about, { paths: ["/about"], versionKey: "release", detailKeys: [] });
  const plan = planLaunch(profile, { preset: "qwen3-32b-tp4" });
  assert.equal(
    plan.command.join(" "),
    "python -m minisgl --model m --tp 2 --host 127.0.0.1 --port 2000 --cache radix",
  );
  assert.deepEqual([plan.env, plan.readyTimeoutMs], [{ A: "1" }, 1500]);
  assert.deepEqual(planLaunch(profile, { preset: "more" }).env, { A: "1", B: "x" });
});

Deno.test("parseEngineFile: an engine on its own is like any OpenAI-compatible server", () => {
  const profile = parseOne("{ command: [serve, --tokens, 5, '{port}'] }");
  assert.deepEqual(profile.quirks, external.quirks);
  const { command, port, healthPath, readyTimeoutMs } = planLaunch(profile);
  assert.deepEqual(command, ["serve", "--tokens", "5", "8000"]);
  assert.deepEqual([port, healthPath, readyTimeoutMs], [8000, "/health", 1_200_000]);
  assert.deepEqual(parseOne("{ base_url: 'http://far:8000/v1' }").launch, {
    kind: "running",
    baseUrl: "http://far:8000/v1",
  });
  assert.equal(findEngine("mine", [profile]), profile);
});

/** Text of the file, what the message must have. */
const wrong: [text: string, message: RegExp][] = [
  ["", /e\.yaml as it has no engines/],
  ["[]", /e\.yaml as it must be "name: value" lines: current value is \[\]/],
  ["engine: {}", /has no "engine"; did you mean "engines"\?/],
  ["engines: { mine: { comand: [x] } }", /engines: mine as it has no "comand"; did you mean "command"\?/],
  ["engines: { mine: { port: 1 } }", /engines: mine as it has no "command": write the words/],
  ["engines: { mine: }", /engines: mine as it has no "command"/],
  [
    "engines: { mine: { command: serve } }",
    /command as it must be a list of words, .*current value is "serve"/,
  ],
  ["engines: { mine: { command: [] } }", /command as it must be a list of words/],
  ["engines: { mine: { command: [a, {}] } }", /command: word 2 as it must be text or a number/],
  [
    "engines: { mine: { command: [a, '{prot}'] } }",
    /word 2 as there is no placeholder \{prot\}; did you mean "port"\?/,
  ],
  ["engines: { mine: { based_on: vllm, env: { P: '{modle}' } } }", /env: P as .* did you mean "model"\?/],
  ["engines: { mine: { command: [a] } }", /command as it has no \{port\}/],
  [
    "engines: { mine: { based_on: sglan } }",
    /based_on as there is no engine "sglan"; did you mean "sglang"\?/,
  ],
  ["engines: { mine: { based_on: simulated } }", /there is no engine "simulated"/],
  [
    "engines: { sglang: { based_on: sglang } }",
    /an engine of that name: choose another and write "based_on: sglang"/,
  ],
  ["engines: { 'a b': { based_on: sglang } }", /a name may hold letters/],
  [
    "engines: { mine: { based_on: sglang, port: 70000 } }",
    /port as it must be a whole number from 1 to 65535/,
  ],
  [
    "engines: { mine: { based_on: sglang, tp: 0 } }",
    /tp as it must be a whole number ≥ 1: current value is 0/,
  ],
  ["engines: { mine: { based_on: sglang, ready_timeout_s: 0 } }", /a number of seconds > 0/],
  ["engines: { mine: { based_on: sglang, health_path: health } }", /a path from the server's root/],
  ["engines: { mine: { base_url: far } }", /base_url as it must be a URL/],
  ["engines: { mine: { base_url: 'http://far/v1', port: 1 } }", /both "base_url", .* and "port"/],
  ["engines: { mine: { based_on: sglang, presets: { p: { arg: [a] } } } }", /presets: p as it has no "arg"/],
  ["engines: { mine: { based_on: sglang, asks_usage: 'yes' } }", /asks_usage as it must be true or false/],
  ["engines: {", /e\.yaml as it is not YAML/],
];

Deno.test("parseEngineFile names the place and what is wrong there", () => {
  for (const [text, message] of wrong) {
    assert.throws(() => parseEngineFile(text, "e.yaml"), { name: "SyntaxError", message }, text);
  }
});
