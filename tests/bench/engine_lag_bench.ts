/**
 * `deno task bench:engine-lag`: the largest load that the simulated engine sustains in real time.
 *
 * The engine runs in its own thread with the client in the main one, as in a run: first with known timing (TTFT 50 ms,
 * one token per 10 ms, streams spread over time), then with the scheduler, which steps all streams at once, as fast as
 * the model goes. Every stream lasts the whole load; the engine's own lag, and the ITL as the client sees it, are printed.
 *
 * Options: `--seconds 20` per load, `--streams 64,128,256,384,512`.
 *
 * @module
 */
import { parseArgs } from "node:util";

import { drive, nodeTransport, openaiChat } from "../../lib/client/mod.ts";
import { realClock } from "../../lib/clock.ts";
import { simulated } from "../../lib/engines/mod.ts";
import { itl, quantileSorted, sampleMetric } from "../../lib/metrics/mod.ts";
import { takeEngineLag } from "../../lib/modes/simulator_reports.ts";
import type { SimulatorOptions } from "../../lib/simulator/options.ts";
import { startSimulatorWorker } from "../../lib/simulator/worker.ts";
import type { RequestRecord } from "../../lib/types.ts";
import { makeRequests } from "../testdata/target.ts";
import { printTable } from "./table.ts";

const { values: flags } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    streams: { type: "string", default: "64,128,256,384,512" },
  },
});
const seconds = Number(flags.seconds);
const LEAD_MS = 500;
const ITL_MS = 10;

/** One load on a fresh engine. @returns A row of the table. */
async function measure(simulator: SimulatorOptions, streams: number): Promise<string[]> {
  await using engine = await startSimulatorWorker(simulator);
  const clock = realClock();
  await using transport = nodeTransport(clock);
  const target = {
    ...{ baseUrl: engine.baseUrl, model: "any", protocol: openaiChat, quirks: simulated.quirks },
    ...{ headers: {}, timeoutMs: 1000 * seconds + 60_000, secrets: [] },
  };
  const load = async (outputTokens: number) => {
    const records: RequestRecord[] = [];
    // Spread over the ITL, so that known timing is too.
    const arrivalsMs = Array.from({ length: streams }, (_, i) => i * (1 + ITL_MS / streams));
    await drive(makeRequests(streams, outputTokens), { kind: "open", arrivalsMs }, {
      ...{ target, clock, transport, leadMs: LEAD_MS },
      onRecord: (record) => records.push(record),
    });
    return records;
  };
  await load(20);
  await takeEngineLag({ target, clock, transport });
  const before = await engine.stats();
  const startMs = clock.now();
  const records = await load(Math.round(1000 * seconds / ITL_MS));
  const tookS = (clock.now() - startMs - LEAD_MS) / 1000;
  const lag = await takeEngineLag({ target, clock, transport });
  const { emittedTokens } = await engine.stats();
  const gaps = Float64Array.from(sampleMetric(itl, records)).sort();
  const tokens = emittedTokens - before.emittedTokens;
  return [
    `${streams}`,
    `${(tokens / tookS / streams).toFixed(1)}`,
    ...[lag?.p50Ms, lag?.p99Ms, lag?.maxMs].map((ms) => ms?.toFixed(2) ?? "–"),
    ...[0.5, 0.99, 1].map((q) => quantileSorted(gaps, q).toFixed(2)),
    `${records.filter((record) => record.outcome.kind !== "ok").length}`,
  ];
}

const scheduled: SimulatorOptions = { gpu: "H200", tp: 1, maxRunningRequests: 512 };
const engines: Readonly<Record<string, SimulatorOptions>> = {
  "known timing, one token per 10 ms and stream": { fixed: { ttftMs: 50, itlMs: ITL_MS } },
  "the scheduler, Qwen3-0.6B on one H200": { ...scheduled, model: "Qwen3-0.6B" },
  "the scheduler, Qwen3-14B on one H200": { ...scheduled, model: "Qwen3-14B" },
};
for (const [name, simulator] of Object.entries(engines)) {
  const rows: string[][] = [];
  for (const streams of flags.streams.split(",").map(Number)) rows.push(await measure(simulator, streams));
  printTable(
    `Lag of ${name}, ${seconds} s per load, ms`,
    [
      ...["streams", "tokens/s\nper stream", "engine lag\np50", "\np99", "\nmax"],
      ...["ITL seen\np50", "\np99", "\nmax", "failed"],
    ],
    rows,
  );
}
