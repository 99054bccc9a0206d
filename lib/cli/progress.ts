/**
 * mini-sglang's four live bars: requests sent, requests done, prefill, decode.
 *
 * @module
 */
// @ts-types="@types/cli-progress"
import cliProgress from "cli-progress";

import process from "node:process";

import type { Progress } from "../client/mod.ts";

/** Bars on the screen; `stop` leaves them there. */
export interface Bars {
  stop(): void;
}

/** How often the bars are drawn; the counters are read then, never per token. */
const DRAW_MS = 100;

/**
 * Shows the progress of a cell on standard error.
 *
 * @param progress Counters that the client keeps.
 * @param totals What they will reach if nothing fails.
 */
export function showBars(
  progress: Readonly<Progress>,
  totals: { readonly requests: number; readonly outputTokens: number },
): Bars {
  const width = String(Math.max(totals.requests, totals.outputTokens)).length;
  const startedMs = performance.now();
  const bars = new cliProgress.MultiBar({
    format: "{name} {percentage}% |{bar}| {count}/{total} [{rate}/s, {eta_formatted} left]",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: Math.max(8, Math.min(36, (process.stderr.columns ?? 110) - 74)),
    hideCursor: true,
    autopadding: true,
    emptyOnZero: true,
    stream: process.stderr,
    etaBuffer: 50,
  });
  const rows = [
    { name: "Requests sent", total: totals.requests, read: () => progress.sent },
    { name: "Requests done", total: totals.requests, read: () => progress.done },
    { name: "Prefill      ", total: totals.requests, read: () => progress.prefilled },
    { name: "Decode tokens", total: totals.outputTokens - totals.requests, read: () => progress.decoded },
  ];
  const payload = (name: string, value: number) => ({
    name,
    count: String(value).padStart(width),
    rate: (value / Math.max((performance.now() - startedMs) / 1000, 0.001)).toFixed(1).padStart(7),
  });
  const drawn = rows.map((row) => ({ ...row, bar: bars.create(row.total, 0, payload(row.name, 0)) }));
  const draw = () => {
    for (const { name, bar, read } of drawn) bar.update(read(), payload(name, read()));
  };
  const timer = setInterval(draw, DRAW_MS);
  return {
    stop() {
      clearInterval(timer);
      draw();
      bars.stop();
    },
  };
}
