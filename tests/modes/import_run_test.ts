import assert from "node:assert/strict";

import { type ImportFile, planImport, type PlanImportOptions } from "../../lib/modes/import_run.ts";
import { UsageError } from "../../lib/errors.ts";

const folder = new URL("../testdata/interchange/", import.meta.url);

function file(name: string, change: Partial<ImportFile> = {}): ImportFile {
  return {
    ...{ path: `results/${name}`, sha256: name, sizeBytes: 3, modifiedAt: "2026-05-01T00:00:00.000Z" },
    text: Deno.readTextFileSync(new URL(name, folder)),
    ...change,
  };
}

const options: PlanImportOptions = {
  ...{ runId: "r", command: ["deno", "task", "import"], importedAt: "2026-11-22T00:00:00.000Z" },
};

Deno.test("an imported run says what it is, of what file, and what the file did not tell", () => {
  const { manifest } = planImport([file("sglang.jsonl")], options);
  const { imported, engine, clock, model, mode } = manifest;
  assert.deepEqual([engine.name, engine.version, clock, model, mode], [
    ...["external", "0.5.9", "real", "Qwen/Qwen3-32B", "import"],
  ]);
  assert.match(engine.description, /^sglang-oai-chat, as measured by python -m sglang\.bench_serving/);
  assert.equal(imported.form, "sglang");
  assert.deepEqual(imported.files, [{ path: "results/sglang.jsonl", sizeBytes: 3, sha256: "sglang.jsonl" }]);
  assert.match(manifest.title, /^Qwen\/Qwen3-32B: imported from sglang\.jsonl$/);
  assert.match(manifest.workload.notes[0] ?? "", /^Imported, not measured here: /);
  for (const part of imported.missing) {
    assert.ok(manifest.workload.notes.includes(`The file does not tell ${part}.`));
  }
  assert.equal(manifest.startedAt, "2026-05-01T00:00:00.000Z"); // the file has no date: its own
  assert.ok(imported.missing.some((part) => part.includes("when it was measured")));
});

Deno.test("what nobody told is null in the file, not 0 and not this machine", () => {
  const { manifest } = planImport([file("aiperf.jsonl")], options);
  const written = JSON.parse(JSON.stringify(manifest));
  assert.equal(written.seed, null);
  assert.equal(written.environment.cpuCores, null);
  assert.equal(written.environment.os, "unknown");
  assert.equal(written.environment.hostname, null);
  assert.equal(written.startedAt, "2025-10-07T05:00:07.532Z"); // 1759813207.5329 s since 1970
});

Deno.test("records carry their cell and come in the order they ended", () => {
  const { manifest, records } = planImport([file("guidellm.json")], options);
  assert.deepEqual(manifest.cells.map(({ index, label, requestCount }) => [index, label, requestCount]), [
    [0, "concurrency 1", 2],
    [1, "constant 2 requests/s", 3],
  ]);
  assert.deepEqual([...records()].map(({ cell, id, doneMs }) => [cell, id, doneMs]), [
    [0, 0, 504],
    [0, 1, 1104],
    [1, 1, 505], // failed, before the first ended
    [1, 0, 854],
    [1, 2, 1304],
  ]);
});

Deno.test("files of one form are one run: rounds as cells, parameters that all share, labels that differ", () => {
  const rounds = planImport(
    [file("concurrency_2_round_1.json"), file("concurrency_2_round_2.json")],
    options,
  );
  assert.deepEqual(rounds.manifest.cells.map(({ parameters }) => parameters), [
    { concurrency: 2, round: 1 },
    { concurrency: 2, round: 2 },
  ]);
  const mixed = planImport([file("sglang.jsonl")], options); // one has a rate, the other a concurrency
  assert.deepEqual(mixed.manifest.cells.map(({ parameters }) => parameters), [{}, {}]);
  const again = planImport([file("vllm.json"), file("vllm.json", { sha256: "other" })], options);
  assert.deepEqual(again.manifest.cells.map(({ label }) => label), ["4 requests/s", "4 requests/s, again 1"]);
});

Deno.test("files that do not belong together are refused", () => {
  const refused = (files: readonly ImportFile[], message: RegExp, more: Partial<PlanImportOptions> = {}) =>
    assert.throws(() => planImport(files, { ...options, ...more }), (error) => {
      assert.ok(error instanceof UsageError || error instanceof SyntaxError);
      assert.match(error.message, message);
      return true;
    });
  const other = file("vllm.json", { path: "b.json", sha256: "b" });
  refused([file("vllm.json"), file("vllm.json")], /hold the same bytes/);
  refused(
    [file("vllm.json"), { ...other, text: other.text.replaceAll("Qwen/Qwen3-32B", "Llama") }],
    /as one run as their models differ: Qwen\/Qwen3-32B and Llama/,
  );
  refused(
    [file("vllm.json"), file("guidellm.json")],
    /^Cannot read results\/vllm\.json as it is of no known form/,
  );
  refused([file("vllm.json")], /there is no such form: choose one of sglang, vllm/, { as: "wrk" });
  refused([file("vllm.json")], /benchmarks as it must be a list: current value is missing/, {
    as: "guidellm",
  });
});

Deno.test("a login in an address is not kept", () => {
  const { path, text, ...rest } = file("concurrency_2_round_1.json");
  const secret = text.replace("http://gpu:8000/v1", "http://me:hidden@gpu:8000/v1");
  assert.notEqual(secret, text);
  const { manifest } = planImport([{ ...rest, path, text: secret }], options);
  assert.equal(JSON.stringify(manifest).includes("hidden"), false);
  assert.equal(manifest.engine.baseUrl, "http://gpu:8000/v1");
});
