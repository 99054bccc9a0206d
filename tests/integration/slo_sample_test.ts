import assert from "node:assert/strict";
import { describeSlo } from "../../lib/metrics/slo.ts";
import { parseSloFile } from "../../lib/modes/slo_file.ts";

const sample = "data/samples/slo.yaml";

Deno.test("the sample objective reads, in the form that is there and in the one that is commented out", async () => {
  const text = await Deno.readTextFile(new URL(`../../${sample}`, import.meta.url));
  assert.equal(
    describeSlo(parseSloFile(text, sample)),
    "TTFT < 1000 ms and mean ITL < 50 ms and output rate > 10 tokens/s for 95% of the requests, p99 E2E < 30000 ms",
  );
  const lines = text.split("\n");
  const start = lines.indexOf("# constraints:");
  const other = lines.slice(start, lines.indexOf("#", start)).map((line) => line.replace(/^# /, ""));
  assert.equal(
    describeSlo(parseSloFile(other.join("\n"), sample)),
    "TTFT ≤ 1000 ms and E2E ≤ 30000 ms and output rate ≥ 10 tokens/s for every request, p99 TTFT ≤ 2000 ms, " +
      "p95 ITL ≤ 80 ms",
  );
});
