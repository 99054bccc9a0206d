/**
 * What is seen while a run goes on: bars on a terminal, a table per cell everywhere.
 *
 * @module
 */
import { countRequests, type RunEvent, type RunPlan } from "../modes/run_cells.ts";
import { formatPlural } from "../plots/format.ts";
import type { DownloadProgress } from "../sources/download.ts";
import { formatBytes, formatDuration } from "../std.ts";
import type { Cell } from "../types.ts";
import type { OnlineFlags } from "./flags.ts";
import { type Bars, showBars } from "./progress.ts";
import { cellTable } from "./tables.ts";

/** Receives what happens. */
export interface LiveDisplay {
  /** Leaves the bars as they are. */
  stop(): void;
  onDownload(progress: DownloadProgress): void;
  onPlan(plan: RunPlan, expectedMs: number): void;
  onEvent(event: RunEvent): void;
}

/** @param options `say` writes a line for the user; `describeCell` is said of a cell that has ended. */
export function liveDisplay(
  flags: Pick<OnlineFlags, "progress" | "json" | "virtualTime">,
  { say, describeCell = ({ summary }) => cellTable(summary) }: {
    readonly say: (text: string) => void;
    readonly describeCell?: (event: Extract<RunEvent, { kind: "cellEnd" }>) => string;
  },
): LiveDisplay {
  const isLive = flags.progress && !flags.json && Deno.stderr.isTerminal();
  let bars: Bars | undefined;
  let lastPercent = -1;
  const stop = () => {
    bars?.stop();
    bars = undefined;
  };
  return {
    stop,
    onDownload({ receivedBytes, totalBytes }) {
      const percent = totalBytes ? Math.floor(receivedBytes / totalBytes * 10) * 10 : 0;
      if (percent === lastPercent) return;
      lastPercent = percent;
      say(`downloading the trace: ${formatBytes(receivedBytes)} (${percent}%)`);
    },
    onPlan(plan, expectedMs) {
      say(describePlan(plan));
      // How long a load without a rate takes is up to the engine.
      if (plan.cells.some(({ offeredRequestsPerS }) => offeredRequestsPerS !== null)) {
        say(describeTime(expectedMs, flags));
      }
    },
    onEvent(event) {
      if (event.kind === "cellStart") {
        say(`\n${event.cell.label}: ${describeLoad(event.cell)}`);
        if (!isLive) return;
        const { outputTokens } = event.plan;
        bars = showBars(event.progress, { requests: event.cell.requestCount, outputTokens });
        return;
      }
      stop();
      say(describeCell(event));
    },
  };
}

/** "6 × 120 requests of the demo trace, blocks prompts, seed 42" */
function describePlan({ cells, workload: { trace, dataset, prompts }, seed }: RunPlan): string {
  const counts = cells.map(countRequests);
  const areEqual = new Set(counts).size < 2;
  const requests = areEqual ? `${cells.length} × ${counts[0] ?? 0}` : counts.join(" + ");
  const source = trace !== null ? ` of the ${trace.name} trace` : dataset ? ` of ${dataset.name}` : "";
  return `${requests} requests${source}, ${prompts.kind} prompts, seed ${seed}`;
}

function describeTime(expectedMs: number, { virtualTime }: Pick<OnlineFlags, "virtualTime">): string {
  const time = formatDuration(Math.ceil(expectedMs / 1000) * 1000, { style: "narrow", ignoreZero: true });
  return virtualTime
    ? `${time} and the last answers of each scale pass in virtual time: nobody waits for them`
    : `expected to take ${time}, and the last answers of each scale`;
}

function describeLoad({ offeredRequestsPerS, requestCount, schedule, parameters }: Cell): string {
  if (offeredRequestsPerS !== null) return `offered ${offeredRequestsPerS.toFixed(2)} req/s`;
  if (schedule === "closed") {
    return `${formatPlural(requestCount, "request")}, ${parameters.concurrency ?? "some"} at a time`;
  }
  return requestCount === 1 ? "one request" : `${requestCount} requests at once`;
}
