/**
 * `deno task bench:send-lag`: how late requests are sent, and whether any is sent early.
 *
 * 1,000 requests arrive at 200/s and 200 at 20/s, as Poisson processes; each gets 20 tokens from the simulated engine in
 * its own thread. At the lower rate the client sleeps between requests, so that the lateness of timers shows.
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

const LOADS = [{ requests: 1000, perS: 200 }, { requests: 200, perS: 20 }];
const REPEATS = 3;

async function measure({ requests, perS }: typeof LOADS[number], seed: number): Promise<number[]> {
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
  const arrivalsMs = Array.from({ length: requests }, () => atMs += random.exponential(1000 / perS));
  const warmUp = Array.from({ length: 50 }, (_, i) => i * 5);
  await drive(makeRequests(50, 20), { kind: "open", arrivalsMs: warmUp }, {
    target,
    clock,
    transport,
    onRecord() {},
  });
  await drive(makeRequests(requests, 20), { kind: "open", arrivalsMs }, {
    ...{ target, clock, transport },
    onRecord: (record) => records.push(record),
  });
  return sampleMetric(sendLag, records).sort((a, b) => a - b);
}

for (const load of LOADS) {
  const runs: number[][] = [];
  for (let seed = 1; seed <= REPEATS; seed++) runs.push(await measure(load, seed));
  printTable(
    `Send lag of ${load.requests} Poisson arrivals at ${load.perS}/s, ${REPEATS} runs, ms`,
    ["", "median", "min", "max"],
    [["earliest", 0], ["p50", 0.5], ["p90", 0.9], ["p99", 0.99], ["latest", 1]].map(([name, q]) => {
      const values = runs.map((run) => quantileSorted(run, Number(q)));
      return [
        String(name),
        ...[median(values), Math.min(...values), Math.max(...values)].map((ms) => ms.toFixed(3)),
      ];
    }),
  );
}
