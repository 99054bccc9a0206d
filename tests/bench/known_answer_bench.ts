/**
 * `deno task bench:known-answer`: measures an engine whose timing is known.
 *
 * The simulated engine answers with TTFT 50 ms and ITL 5 ms, 64 streams start 5 ms apart after a warm-up. What the
 * client measured should be those two numbers; both sides' stamps of every token tell how late the client saw it.
 *
 * @module
 */
import { drive, nodeTransport, openaiChat } from "../../lib/client/mod.ts";
import { realClock } from "../../lib/clock.ts";
import { simulated } from "../../lib/engines/mod.ts";
import { itl, quantileSorted, sampleMetric, ttft } from "../../lib/metrics/mod.ts";
import { startSimulatorWorker } from "../../lib/simulator/worker.ts";
import type { RequestRecord } from "../../lib/types.ts";
import { makeRequests } from "../testdata/target.ts";
import { median, printTable } from "./table.ts";

const TTFT_MS = 50;
const ITL_MS = 5;
const STREAMS = 64;
const TOKENS = 64;
const REPEATS = 5;

/** One load of 64 streams on a fresh engine, after a load that is not counted. */
async function measure(): Promise<Record<string, number>> {
  await using engine = await startSimulatorWorker({
    fixed: { ttftMs: TTFT_MS, itlMs: ITL_MS },
    recordStamps: true,
  });
  const clock = realClock();
  const clockZeroMs = performance.timeOrigin + performance.now() - clock.now();
  await using transport = nodeTransport(clock);
  const load = async () => {
    const records: RequestRecord[] = [];
    const arrivalsMs = Array.from({ length: STREAMS }, (_, i) => i * 5);
    await drive(makeRequests(STREAMS, TOKENS), { kind: "open", arrivalsMs }, {
      target: {
        baseUrl: engine.baseUrl,
        model: "any",
        protocol: openaiChat,
        quirks: simulated.quirks,
        headers: {},
        timeoutMs: 10_000,
        secrets: [],
      },
      clock,
      transport,
      onRecord: (record) => records.push(record),
    });
    return records.sort((a, b) => a.id - b.id);
  };
  await load();
  const records = await load();
  const stamps = (await engine.stamps()).slice(-STREAMS);
  const delays = records.flatMap((record, i) =>
    record.ticsMs.map((ticMs, token) => clockZeroMs + ticMs - (stamps[i]?.tokensMs[token] ?? NaN))
  );
  const quantile = (values: number[], q: number) => quantileSorted(Float64Array.from(values).sort(), q);
  const ttfts = sampleMetric(ttft, records);
  const itls = sampleMetric(itl, records);
  return {
    "TTFT p50": quantile(ttfts, 0.5),
    "TTFT p99": quantile(ttfts, 0.99),
    "ITL p50": quantile(itls, 0.5),
    "ITL p99": quantile(itls, 0.99),
    "seen − sent p50": quantile(delays, 0.5),
    "seen − sent p99": quantile(delays, 0.99),
  };
}

const runs: Record<string, number>[] = [];
for (let i = 0; i < REPEATS; i++) runs.push(await measure());
printTable(
  `TTFT ${TTFT_MS} ms and ITL ${ITL_MS} ms, ${STREAMS} streams of ${TOKENS} tokens, ${REPEATS} runs, ms`,
  ["", "median", "min", "max"],
  Object.keys(runs[0] ?? {}).map((name) => {
    const values = runs.map((run) => run[name] ?? NaN);
    return [name, ...[median(values), Math.min(...values), Math.max(...values)].map((ms) => ms.toFixed(3))];
  }),
);
