import { createRandom } from "../../../lib/random.ts";
import type { IndexEntry } from "../../../lib/report/index/entry.ts";

const engines = ["mini-sglang", "sglang 0.5.2", "vLLM 0.11.0", "llama.cpp b6700"];
const models = ["Qwen/Qwen3-32B", "Qwen/Qwen3-14B", "meta-llama/Llama-3.3-70B-Instruct"];
const gpus = ["H200 × 4", "A100", "H100 × 8", null];

/** An entry of a run that measured what it claims, with anything changed. */
export function makeEntry(change: Partial<IndexEntry> = {}): IndexEntry {
  return {
    id: "2026-01-02-run",
    kind: "run",
    mode: "trace-replay",
    title: "Qwen/Qwen3-32B: synthetic trace at 6 scale factors",
    startedAt: "2026-01-02T03:04:05.000Z",
    engines: ["mini-sglang"],
    model: "Qwen/Qwen3-32B",
    gpu: "H200 × 4",
    simulated: true,
    finding: "at 10.2 requests/s, the highest valid of 6 loads",
    requests: 600,
    ttftP50Ms: 120,
    ttftP99Ms: 900,
    outputTokensPerS: 3400,
    valid: true,
    problems: [],
    ...change,
  };
}

/** Entries as they come: runs, comparisons and grids, some of them not valid, some of them not simulated. */
export function makeEntries(count: number): IndexEntry[] {
  const random = createRandom("entries");
  return Array.from({ length: count }, (_, place) => {
    const at = <T>(list: readonly [T, ...T[]] | readonly T[]) => list[random.int(0, list.length - 1)];
    const model = at(models) ?? "";
    const ttftP50Ms = random.lognormal(120, 0.8);
    const base = makeEntry({
      id: `2026-01-${String(place % 28 + 1).padStart(2, "0")}-${place}`,
      startedAt: new Date(Date.UTC(2026, 0, 1) + place * 5_000_000).toISOString(),
      engines: [at(engines) ?? ""],
      gpu: at(gpus) ?? null,
      ...{ model, title: `${model}: synthetic trace at 6 scale factors`, simulated: place % 3 !== 0 },
      requests: 100 * (place + 1),
      ttftP50Ms,
      ttftP99Ms: place % 5 === 0 ? null : ttftP50Ms * random.lognormal(6, 0.2),
      outputTokensPerS: random.lognormal(3000, 0.7),
    });
    if (place % 7 === 3) {
      const pair = ["sglang 0.5.2", "vLLM 0.11.0"];
      return {
        ...base,
        ...{ kind: "comparison", title: "sglang against vLLM", engines: pair },
        finding: "vLLM is slower than sglang (TTFT p99 +12.1 %, TPOT p50 +4.0 %)",
        ...{ ttftP50Ms: null, ttftP99Ms: null, outputTokensPerS: null },
      };
    }
    if (place % 7 === 5) {
      return {
        ...base,
        ...{ kind: "what-if", mode: "what-if", title: "What if: tp 1, tp 2, tp 4", simulated: true },
        finding: "tp 4 meets the objective at 10.2 requests/s, the most of 3 configurations",
        ...{ ttftP50Ms: null, ttftP99Ms: null, outputTokensPerS: null },
      };
    }
    if (place % 11 === 4) {
      return { ...base, valid: false, problems: ["scale 0.4: the client fell behind its schedule: p99 send lag 31.2 ms"] };
    }
    return base;
  });
}
