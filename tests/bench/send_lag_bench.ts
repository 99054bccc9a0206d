/**
 * `deno task bench:send-lag`: how late requests are sent, and whether any is sent early.
 *
 * 1,000 requests arrive at 200/s, as a Poisson process; each gets 20 tokens from the simulated engine in its own thread.
 *
 * @module
 */
import { drive, nodeTransport, openaiChat } from "../../lib/client/mod.ts";
import { realClock } from "../../lib/clock.ts";
import { simulated } from "../../lib/engines/mod.ts";
import { quantileSorted, sampleMetric, sendLag } from "../../lib/metrics/mod.ts";
import { createRandom } from "../../lib/random.ts";
import { startSimulatorWorker } from "../../lib/simulator/worker.ts";
import type { RequestRecord } from "../../lib/types.ts";
import { makeRequests } from "../testdata/target.ts";
import { median, printTable } from "./table.ts";

const REQUESTS = 1000;
const RATE_PER_S = 200;
const REPEATS = 3;

async function measure(seed: number): Promise<number[]> {
  await using engine = await startSimulatorWorker({ fixed: { ttftMs: 50, itlMs: 10 } });
  const clock = realClock();
  await using transport = nodeTransport(clock);
  const target = {
    ...{ baseUrl: engine.baseUrl, model: "any", protocol: openaiChat, quirks: simulated.quirks },
    ...{ headers: {}, timeoutMs: 10_000, secrets: [] },
  };
  const records: RequestRecord[] = [];
  const random = createRandom(seed);
  let atMs = 0;
  const arrivalsMs = Array.from({ length: REQUESTS }, () => atMs += random.exponential(1000 / RATE_PER_S));
  const warmUp = arrivalsMs.slice(0, 50);
  await drive(makeRequests(50, 20), { kind: "open", arrivalsMs: warmUp }, {
    target,
    clock,
    transport,
    onRecord() {},
  });
  await drive(makeRequests(REQUESTS, 20), { kind: "open", arrivalsMs }, {
    ...{ target, clock, transport },
    onRecord: (record) => records.push(record),
  });
  return sampleMetric(sendLag, records).sort((a, b) => a - b);
}

const runs: number[][] = [];
for (let seed = 1; seed <= REPEATS; seed++) runs.push(await measure(seed));
printTable(
  `Send lag of ${REQUESTS} Poisson arrivals at ${RATE_PER_S}/s, ${REPEATS} runs, ms`,
  ["", "median", "min", "max"],
  [["earliest", 0], ["p50", 0.5], ["p90", 0.9], ["p99", 0.99], ["latest", 1]].map(([name, q]) => {
    const values = runs.map((run) => quantileSorted(run, Number(q)));
    return [
      String(name),
      ...[median(values), Math.min(...values), Math.max(...values)].map((ms) => ms.toFixed(3)),
    ];
  }),
);
