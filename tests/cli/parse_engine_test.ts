import assert from "node:assert/strict";

import { type EngineDefaults, parseEngine, parseMeasured } from "../../lib/cli/parse_engine.ts";
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

Deno.test("parseEngine() reads engines that are started here, by profile, preset and what is asked for", () => {
  assert.deepEqual(
    parseEngine("launch:sglang/qwen3-32b-tp4,port=30001,tp=2", { ...defaults, readyTimeoutMs: 5000 }),
    {
      ...{
        kind: "launched",
        name: "sglang qwen3-32b-tp4 port=30001 tp=2",
        profile: "sglang",
        preset: "qwen3-32b-tp4",
      },
      ...{ readyTimeoutMs: 5000, port: 30001, tp: 2 },
    },
  );
  const enginesFile = "data/samples/engines.yaml";
  assert.deepEqual(
    parseEngine("main=launch:sglang-main,model=Qwen/Qwen3-14B", { ...defaults, enginesFile }),
    {
      ...{ kind: "launched", name: "main", profile: "sglang-main", enginesFile, model: "Qwen/Qwen3-14B" },
    },
  );
  assert.deepEqual(parseEngine("launch:cluster", { ...defaults, enginesFile }), {
    ...{
      kind: "server",
      name: "cluster",
      baseUrl: "http://10.0.0.5:8000/v1",
      profile: "cluster",
      enginesFile,
    },
  });
});

Deno.test("parseMeasured() reads runs that were measured before, all or none", () => {
  assert.deepEqual(parseMeasured(["a=run:data/runs/1,data/runs/2", "run:x=y/3"]), [
    { name: "a", folders: ["data/runs/1", "data/runs/2"] },
    { folders: ["x=y/3"] },
  ]);
  assert.equal(parseMeasured(["sim:sglang", "a=http://host/v1"]), null);
  assert.throws(
    () => parseMeasured(["run:a", "sim:sglang"]),
    (error) => error instanceof UsageError && /sim:sglang, which would be measured now/.test(error.message),
  );
});

for (
  const [text, message] of [
    ["launch:sglan", /choose one of .*sglang/],
    ["launch:sglang", /no model is named/],
    ["launch:sglang/qwen3-32b", /did you mean "qwen3-32b-tp4"/],
    ["launch:sglang,model=m,port=0", /port must be a whole number from 1 to 65535: current value is 0/],
    ["launch:sglang,model=m,api-key=secret", /must be one of model=…, port=…, tp=…/],
    ["launch:simulated", /deno task serve/],
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
