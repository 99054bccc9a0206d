import assert from "node:assert/strict";

import { groupComparison } from "../../lib/metrics/compare/group_comparison.ts";
import { checkFairness, fairnessChecks, isSameModel } from "../../lib/metrics/fairness/mod.ts";
import { type MadeComparison, makeComparison } from "../testdata/runs/make_comparison.ts";
import { makeFailure } from "../testdata/record.ts";

function check(made: MadeComparison) {
  return checkFairness(groupComparison(makeComparison(made)), { a: 0, b: 1 });
}

function finding(name: string, made: MadeComparison) {
  const found = check(made).find((one) => one.check === name);
  assert.ok(found, name);
  return found;
}

/** Changes the manifests of the second engine. */
function onB(change: (manifest: ReturnType<typeof base>) => object): MadeComparison["manifest"] {
  return ({ engine }) => engine === 1 ? change(base()) : {};
}

function base() {
  const run = makeComparison().runs.get("a-1");
  assert.ok(run);
  return run.manifest;
}

Deno.test("checkFairness() has an answer for every check, and finds nothing wrong with two engines asked alike", () => {
  const findings = check({});
  assert.deepEqual(findings.map(({ check }) => check), fairnessChecks.map(({ name }) => name));
  assert.deepEqual(findings.filter(({ status }) => status === "error" || status === "warning"), []);
  for (const { evidence, question } of findings) {
    assert.match(evidence, /\.$/);
    assert.match(question, /\?$/);
  }
});

interface Case {
  readonly check: string;
  readonly status: string;
  readonly made: MadeComparison;
  readonly evidence: RegExp;
}

const cases: readonly Case[] = [
  {
    check: "model",
    status: "error",
    made: { manifest: onB(() => ({ model: "Qwen/Qwen3-14B" })) },
    evidence: /Qwen3-14B on b: other models/,
  },
  {
    check: "model",
    status: "warning",
    made: { manifest: onB(({ model }) => ({ model: `/models/${model.split("/").at(-1)}` })) },
    evidence: /names alike, weights unseen/,
  },
  {
    check: "prompts",
    status: "error",
    made: {
      manifest: onB(({ workload }) => ({
        workload: { ...workload, prompts: { ...workload.prompts, sha256: "other" } },
      })),
    },
    evidence: /differs in 3 of 3 cells, first at scale 1, repeat 1/,
  },
  {
    check: "prompts",
    status: "unknown",
    made: {
      manifest: ({ engine }) => {
        const { workload } = base();
        return engine === 0
          ? {}
          : { workload: { ...workload, prompts: { ...workload.prompts, sha256: "" } } };
      },
    },
    evidence: /not known/,
  },
  {
    check: "request-options",
    status: "error",
    made: { manifest: onB(() => ({ options: { extraBody: { top_p: 0.5 } } })) },
    evidence: /top_p.*on b/,
  },
  {
    check: "warm-up",
    status: "error",
    made: { manifest: ({ engine }) => ({ options: { warmup: engine === 0 ? 8 : 0 } }) },
    evidence: /8 on a, 0 on b/,
  },
  {
    check: "warm-up",
    status: "warning",
    made: { manifest: () => ({ options: { warmup: 0 } }) },
    evidence: /No warm-up/,
  },
  {
    check: "measured-alike",
    status: "error",
    made: { manifest: onB(() => ({ clock: "real" })) },
    evidence: /real clock on b/,
  },
  {
    check: "client",
    status: "error",
    made: { manifest: onB(({ environment }) => ({ environment: { ...environment, hostname: "other" } })) },
    evidence: /Other machines/,
  },
  {
    check: "client",
    status: "warning",
    made: { manifest: onB(({ environment }) => ({ environment: { ...environment, benchbook: "9.9.9" } })) },
    evidence: /Other versions/,
  },
  {
    check: "client",
    status: "error",
    made: {
      manifest: ({ engine }) => ({
        imported: {
          form: engine === 0 ? "vllm" : "sglang",
          tool: "",
          benchbook: "",
          importedAt: "",
          files: [],
          missing: [],
        },
      }),
    },
    evidence: /Measured by other tools.*vllm on a, sglang on b/,
  },
  {
    check: "request-options",
    status: "unknown",
    made: {
      manifest: () => ({
        imported: { form: "vllm", tool: "", benchbook: "", importedAt: "", files: [], missing: [] },
      }),
    },
    evidence: /Another tool measured/,
  },
  {
    check: "warm-up",
    status: "unknown",
    made: { manifest: () => ({ options: {} }) },
    evidence: /No run says how it was warmed up/,
  },
  {
    check: "limits",
    status: "error",
    made: {
      manifest: onB(({ options }) => ({
        options: {
          ...options,
          slo: {
            name: null,
            attainment: 1,
            limits: [{ metric: "ttft", percentile: null, sign: "≤", value: 500 }],
          },
        },
      })),
    },
    evidence: /judged by different limits/,
  },
  {
    // Nothing empties the cache between the loads of a run, and each load asks the same dataset.
    check: "cache-state",
    status: "error",
    made: {
      manifest: () => {
        const { workload, cells } = base();
        const second = cells.map((cell) => ({ ...cell, index: cell.index + 1, status: "planned" as const }));
        return {
          cells: [...cells, ...second],
          workload: { ...workload, dataset: { name: "d", path: "d", sha256: "", rows: 20 } },
        };
      },
    },
    evidence: /answers from what it was asked before/,
  },
  {
    check: "complete",
    status: "error",
    made: { cell: ({ engine, repeat }) => engine === 1 && repeat === 3 ? { status: "interrupted" } : {} },
    evidence: /2 of 3 cells/,
  },
  { check: "complete", status: "warning", made: { repeats: 1 }, evidence: /--repeat 3/ },
  {
    check: "schedule",
    status: "error",
    made: { record: (one, { engine }) => engine === 1 && one.id === 3 ? null : one },
    evidence: /3 requests were sent to one of them only/,
  },
  {
    check: "schedule",
    status: "error",
    made: { cell: ({ engine }) => ({ offeredRequestsPerS: engine + 1 }) },
    evidence: /offered 1 requests\/s and the other 2/,
  },
  {
    check: "schedule",
    status: "error",
    made: { cell: ({ engine }) => ({ startMs: engine * -30 }) },
    evidence: /within 30\.00 ms/,
  },
  {
    check: "input-lengths",
    status: "error",
    made: {
      record: (one, { engine }) =>
        engine === 1 && one.id === 0 && one.usage
          ? { ...one, usage: { ...one.usage, promptTokens: 17 } }
          : one,
    },
    evidence: /Other counts for 3 of 60 requests, by up to 7 tokens/,
  },
  {
    check: "input-lengths",
    status: "unknown",
    made: {
      record: (one, { engine }) => {
        const { usage: _, ...silent } = one;
        return engine === 1 ? silent : one;
      },
    },
    evidence: /^b reports no usage/,
  },
  {
    check: "input-lengths",
    status: "error",
    made: {
      record: ({ usage: _, ...silent }) => silent,
      cell: ({ engine }) => ({ engineCache: { promptTokens: 100 + engine, cachedTokens: 0 } }),
    },
    evidence: /Other counts in 3 of 3 cells/,
  },
  {
    check: "output-lengths",
    status: "error",
    made: {
      record: (one, { engine }) =>
        engine === 1 && one.usage ? { ...one, usage: { ...one.usage, completionTokens: 4 } } : one,
    },
    evidence: /60 of 60 answers differ in length; a gave 300 tokens, b 240 \(20\.0 % apart\)/,
  },
  {
    check: "cache-use",
    status: "warning",
    made: {
      record: (one, { engine }) =>
        one.usage ? { ...one, usage: { ...one.usage, cachedTokens: 5 * engine } } : one,
    },
    evidence: /b had 50\.0 % of the prompt tokens/,
  },
  {
    check: "failures",
    status: "error",
    made: {
      record: (one, { engine }) =>
        engine === 1 && one.id % 2 === 0
          ? makeFailure([], { ...one, outcome: makeFailure([]).outcome, ticsMs: [] })
          : one,
    },
    evidence: /0 of 60 on a, 30 of 60 on b.*b at scale 1 would look better than it is/,
  },
  {
    check: "connections",
    status: "warning",
    made: { record: (one, { engine }) => ({ ...one, freshConnection: engine === 1 }) },
    evidence: /100\.0 % of those to b/,
  },
];

for (const { check: name, status, made, evidence } of cases) {
  Deno.test(`fairness: ${name} is ${status} when ${evidence.source}`, () => {
    const found = finding(name, made);
    assert.equal(found.status, status, found.evidence);
    assert.match(found.evidence, evidence);
  });
}

Deno.test("fairness: servers whose cache cannot be emptied are a warning, and an error where a dataset is asked again", () => {
  const ask = (dataset: boolean) => {
    const stored = makeComparison({
      manifest: () => {
        const { workload } = base();
        const info = { name: "d", path: "d.jsonl", sha256: "0", rows: 1 };
        return { workload: dataset ? { ...workload, dataset: info } : workload };
      },
    });
    const engines = stored.manifest.engines.map((engine) => ({ ...engine, kind: "server" as const }));
    const comparison = groupComparison({ ...stored, manifest: { ...stored.manifest, engines } });
    return checkFairness(comparison, { a: 0, b: 1 }).find(({ check }) => check === "cache-state");
  };
  assert.equal(ask(false)?.status, "warning");
  assert.equal(ask(true)?.status, "error");
  assert.match(ask(true)?.evidence ?? "", /has no way to be emptied/);
});

Deno.test("isSameModel() does not take one size for another", () => {
  assert.ok(isSameModel("Qwen/Qwen3-32B", "qwen3-32b"));
  assert.ok(!isSameModel("Qwen/Qwen3-32B", "Qwen/Qwen3-32B-FP8"));
});
