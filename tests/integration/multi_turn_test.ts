import assert from "node:assert/strict";

import { runRounds, type RunRoundsOptions } from "../../lib/modes/run_rounds.ts";
import type { RequestRecord, Run } from "../../lib/types.ts";

const computed: RunRoundsOptions = {
  ...{ headers: {}, transport: "node", timeoutMs: 300_000, virtualTime: true, runId: "talks" },
  simulator: { engine: "sglang" },
  mode: "multi-turn",
  numSamples: [6],
  concurrency: [2],
};

async function run(
  options: Partial<RunRoundsOptions>,
  look: (run: Run, folder: string) => void | Promise<void>,
): Promise<void> {
  const outputDir = await Deno.makeTempDir();
  try {
    const { run, folder } = await runRounds({ ...computed, outputDir, ...options });
    await look(run, folder);
  } finally {
    await Deno.remove(outputDir, { recursive: true });
  }
}

const ofCell = ({ records }: Run, cell: number): RequestRecord[] =>
  Array.from(records).filter((record) => record.cell === cell);
const byTurn = (a: RequestRecord, b: RequestRecord) => a.id - b.id;

interface Payload {
  readonly cell: number;
  readonly id: number;
  readonly payload: { readonly messages: readonly { readonly role: string; readonly content: string }[] };
}

async function readPayloads(folder: string): Promise<Payload[]> {
  return (await Deno.readTextFile(`${folder}/payloads.jsonl`)).trim().split("\n").map((line) =>
    JSON.parse(line)
  );
}

Deno.test("answers go back into the next prompt, and every turn has its place in the record", () =>
  run({ saveRequests: true }, async (run, folder) => {
    assert.deepEqual([run.manifest.mode, run.manifest.status], ["multi-turn", "complete"]);
    assert.deepEqual(run.manifest.cells.map(({ requestCount }) => requestCount), [18, 18]);
    const payloads = await readPayloads(folder);
    for (const record of ofCell(run, 0)) {
      const { messages } = payloads.find(({ cell, id }) => cell === 0 && id === record.id)?.payload ??
        { messages: [] };
      const turn = record.turn?.turn ?? NaN;
      assert.deepEqual(
        messages.map(({ role }) => role),
        Array.from({ length: 2 * turn - 1 }, (_, i) => i % 2 === 0 ? "user" : "assistant"),
      );
      assert.ok(messages.every(({ content }) => content !== ""));
      assert.equal(
        record.usage?.promptTokens,
        record.inputTokens,
        "the history is counted as the engine counts it",
      );
    }
    // the same conversation, turn by turn: what was sent before is the front of what is sent now
    const sent = payloads.filter(({ cell, id }) => cell === 0 && id < 3).sort((a, b) => a.id - b.id);
    const [first, second, third] = sent.map(({ payload }) => payload.messages);
    assert.deepEqual(second?.slice(0, 1), first);
    assert.deepEqual(third?.slice(0, 3), second);
  }));

Deno.test("an unlimited cache has what the simulated one has, round after round", async () => {
  for (const ignoreEos of [false, true]) {
    await run({ ignoreEos, concurrency: [1] }, (run) => {
      for (const [index, cell] of run.manifest.cells.entries()) {
        const usage = ofCell(run, index).map(({ usage }) => usage);
        assert.deepEqual(cell.theoreticalCache, {
          promptTokens: usage.reduce((sum, one) => sum + (one?.promptTokens ?? NaN), 0),
          cachedTokens: usage.reduce((sum, one) => sum + (one?.cachedTokens ?? 0), 0),
        });
      }
      const later = ofCell(run, 0).filter(({ turn }) => turn?.turn === 2);
      // all of turn 1 but the answer's last token, which nothing was computed from, or its end mark
      for (const { id, usage } of later) {
        const before = ofCell(run, 0).find((record) => record.id === id - 1)?.usage;
        const kept = (before?.promptTokens ?? NaN) + (before?.completionTokens ?? NaN) - 1;
        assert.ok(usage?.cachedTokens === kept, `${usage?.cachedTokens} of ${kept}`);
      }
    });
  }
});

Deno.test("rounds have the same conversations: ids, prompts and lengths", () =>
  run({ rounds: 2, shuffleRound2: true }, (run) => {
    const [first, second] = [ofCell(run, 0).sort(byTurn), ofCell(run, 1).sort(byTurn)];
    const facts = ({ id, turn, inputTokens }: RequestRecord) => [id, turn, inputTokens];
    assert.deepEqual(second.map(facts), first.map(facts));
    const order = (
      records: readonly RequestRecord[],
    ) => [
      ...new Set(
        [...records].sort((a, b) => (a.sentMs ?? 0) - (b.sentMs ?? 0)).map(({ turn }) => turn?.session),
      ),
    ];
    assert.notDeepEqual(order(ofCell(run, 1)), order(ofCell(run, 0)));
  }));

Deno.test("the oldest turns are left out of a prompt that gets too long, and the record says how many messages", () =>
  run({
    maxContextTokens: 600,
    dataset: "data/datasets/questions_en.jsonl",
    numSamples: undefined,
    ignoreEos: true,
  }, (run) => {
    const records = ofCell(run, 0);
    assert.ok(records.every(({ usage }) => (usage?.promptTokens ?? NaN) <= 600));
    const dropped = records.flatMap(({ turn }) => turn?.droppedMessages ?? []);
    assert.ok(dropped.length > 0 && dropped.every((count) => count % 2 === 0));
    assert.ok(records.some(({ turn }) => turn?.turn === 1 && turn.droppedMessages === undefined));
  }));

Deno.test("a turn comes think time after the answer, and a conversation keeps its place meanwhile", () =>
  run({ thinkMs: 5000, concurrency: [1], rounds: 1 }, (run) => {
    const records = ofCell(run, 0).sort(byTurn);
    assert.deepEqual(run.manifest.cells.map(({ parameters }) => parameters), [{ concurrency: 1, round: 1 }]);
    for (const [i, record] of records.entries()) {
      const before = records[i - 1];
      if (before === undefined) continue;
      const gap = (record.sentMs ?? NaN) - before.doneMs;
      const expected = record.turn?.session === before.turn?.session ? 5000 : 0;
      assert.ok(Math.abs(gap - expected) < 0.002, `${gap} ms`);
    }
    assert.equal(run.manifest.options.thinkMs, 5000);
  }));

Deno.test("long turns are cut, and the workload says so", () =>
  run({ maxInputTokens: 300 }, (run) => {
    assert.ok(
      ofCell(run, 0).every(({ turn, usage }) => turn?.turn !== 1 || (usage?.promptTokens ?? NaN) <= 300),
    );
    assert.match(run.manifest.workload.notes.join(" "), /turns were cut to 300 tokens/);
  }));
