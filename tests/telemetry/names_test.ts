import assert from "node:assert/strict";

import { suggestFamilies } from "../../lib/telemetry/known_metrics.ts";
import { describeMissing, nearestNames, selectFamilies } from "../../lib/telemetry/names.ts";
import type { TelemetryFamily } from "../../lib/types.ts";

const families: readonly TelemetryFamily[] = [
  { name: "sglang:prompt_tokens_total", type: "counter", help: "" },
  { name: "sglang:token_usage", type: "gauge", help: "" },
  { name: "sglang:ttft_seconds", type: "histogram", help: "" },
  { name: "DCGM_FI_DEV_GPU_UTIL", type: "gauge", help: "" },
  { name: "DCGM_FI_DEV_ODD", type: "gauge", help: "" },
];
const chosen = (...names: string[]) => selectFamilies(families, names).families.map(({ name }) => name);

Deno.test("selectFamilies() takes names, beginnings, counters without _total and parts of histograms, in the order asked", () => {
  assert.deepEqual(chosen("DCGM_FI_DEV_GPU_UTIL", "sglang:prompt_tokens"), [
    ...["DCGM_FI_DEV_GPU_UTIL", "sglang:prompt_tokens_total"],
  ]);
  assert.deepEqual(chosen("sglang:*"), families.slice(0, 3).map(({ name }) => name));
  assert.deepEqual(chosen("sglang:ttft_seconds_sum", "sglang:ttft_seconds"), ["sglang:ttft_seconds"]);
  assert.deepEqual(chosen("sglang:token"), []); // no beginning without a *
  assert.deepEqual(selectFamilies(families, ["x", "y*", "x"]).missing, ["x", "y*"]);
});

Deno.test("nearestNames() prefers names that hold the word, else takes the nearest by edit distance", () => {
  const names = families.map(({ name }) => name);
  assert.deepEqual(nearestNames("prompt_tokens", names), ["sglang:prompt_tokens_total"]);
  assert.deepEqual(nearestNames("vllm:token_usage", names), ["sglang:token_usage"]);
  assert.deepEqual(nearestNames("sglang:tokn_usage", names), ["sglang:token_usage"]);
  assert.deepEqual(nearestNames("x", []), []);
  assert.match(
    describeMissing("prompt_tokens", families),
    /"prompt_tokens".*nearest is sglang:prompt_tokens_total$/,
  );
});

Deno.test("suggestFamilies() names what is there of what is worth recording, by program", () => {
  const engine = {
    label: "SGLang",
    families: ["sglang:token_usage", "sglang:gone", "sglang:prompt_tokens_total"],
  };
  assert.deepEqual(suggestFamilies(families, [engine]), [
    { label: "SGLang", families: ["sglang:token_usage", "sglang:prompt_tokens_total"] },
    { label: "DCGM exporter", families: ["DCGM_FI_DEV_GPU_UTIL"] },
  ]);
  const odd = families.slice(4);
  assert.deepEqual(suggestFamilies(odd, [engine]), [{
    label: "DCGM exporter",
    families: ["DCGM_FI_DEV_ODD"],
  }]);
});
