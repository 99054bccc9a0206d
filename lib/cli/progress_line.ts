/**
 * One line on standard error that says how far reading is.
 *
 * @module
 */
import { formatBytes } from "../std.ts";

/** How often the line is drawn. */
const DRAW_MS = 100;
const CLEAR = "\r\x1b[K";
const MOST_COLUMNS = 80;

const encoder = new TextEncoder();

/** Is drawn on a terminal only. */
export class ProgressLine {
  readonly #isLive: boolean;
  #drawnMs = -Infinity;
  #isShown = false;

  /** @param isWanted Whether the user wants it. */
  constructor(isWanted: boolean) {
    this.#isLive = isWanted && Deno.stderr.isTerminal();
  }

  /** Draws the line anew, ten times a second at most. @param doing "reading data.jsonl" */
  show(doing: string, doneBytes: number, totalBytes?: number): void {
    const nowMs = performance.now();
    if (!this.#isLive || nowMs - this.#drawnMs < DRAW_MS) return;
    const total = totalBytes === undefined ? "" : ` of ${formatBytes(totalBytes)}`;
    const what = doing.length > MOST_COLUMNS ? `${doing.slice(0, MOST_COLUMNS)}…` : doing;
    Deno.stderr.writeSync(encoder.encode(`${CLEAR}${what}: ${formatBytes(doneBytes)}${total}`));
    this.#drawnMs = nowMs;
    this.#isShown = true;
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#isShown) Deno.stderr.writeSync(encoder.encode(CLEAR));
    this.#isShown = false;
  }
}
