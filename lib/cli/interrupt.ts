/**
 * Ctrl-C.
 *
 * @module
 */

/** A task runner passes Ctrl-C on to us, and the terminal sends it too: within this time they are one. */
const SAME_CTRL_C_MS = 1000;

/** A listener to Ctrl-C. */
export interface Interrupt {
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  stop(): void;
}

/** The first Ctrl-C ends the run cleanly, a later one ends the process. */
export function listenForInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  let firstMs = 0;
  const onSignal = () => {
    if (controller.signal.aborted) {
      if (performance.now() - firstMs > SAME_CTRL_C_MS) Deno.exit(1);
      return;
    }
    firstMs = performance.now();
    onFirst();
    controller.abort();
  };
  Deno.addSignalListener("SIGINT", onSignal);
  return { signal: controller.signal, stop: () => Deno.removeSignalListener("SIGINT", onSignal) };
}
