import assert from "node:assert/strict";

import { type EngineDefaults, parseEngine } from "../../lib/cli/engine_spec.ts";
import { UsageError } from "../../lib/errors.ts";

const defaults: EngineDefaults = { simulator: { jitter: 0.02, tp: 8 } };

Deno.test("parseEngine() reads servers, with a name or with their address as one", () => {
  assert.deepEqual(parseEngine("fast=http://127.0.0.1:1919/v1/", defaults), {
    ...{ kind: "server", name: "fast", baseUrl: "http://127.0.0.1:1919/v1" },
  });
  assert.deepEqual(
    parseEngine("https://host:8000/v1/chat/completions", { ...defaults, profile: "vllm", model: "m" }),
    {
      ...{ kind: "server", name: "host:8000", baseUrl: "https://host:8000/v1", profile: "vllm", model: "m" },
    },
  );
});

Deno.test("parseEngine() reads simulated engines; their own words win over what holds for all", () => {
  assert.deepEqual(parseEngine("sim:sglang,cache=naive,tp=2", defaults), {
    ...{ kind: "simulated", name: "sglang cache=naive tp=2" },
    simulator: { jitter: 0.02, engine: "sglang", cache: "naive", tp: 2 },
  });
  assert.deepEqual(parseEngine("no cache=sim:vllm,cache=naive", defaults), {
    ...{
      kind: "simulated",
      name: "no cache",
      simulator: { jitter: 0.02, tp: 8, engine: "vllm", cache: "naive" },
    },
  });
});

for (
  const [text, message] of [
    ["sglang", /did you mean sim:sglang\?/],
    ["nothing", /NAME=http:\/\/HOST:PORT\/v1 is a running server/],
    ["sim:sglan", /did you mean "sglang"/],
    ["sim:sglang,cashe=naive", /did you mean "cache"/],
    ["sim:sglang,tp", /"tp" must have the form name=value/],
    ["sim:sglang,tp=3", /tp/],
    ["sim:nowhere.yaml", /nowhere\.yaml/],
    ["a=http://user:secret@host/v1", /password/],
  ] as const
) {
  Deno.test(`parseEngine() refuses ${text.replace("secret", "…")}`, () => {
    assert.throws(() => parseEngine(text, defaults), (error) => {
      assert.ok(error instanceof UsageError, String(error));
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });
}
