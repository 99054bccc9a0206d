import { replayTrace, type TraceReplayOptions } from "../../lib/modes/trace_replay.ts";
import type { Run } from "../../lib/types.ts";

/** Replays into a folder of its own, which is gone when `look` has looked at it. */
export async function replayInto(
  options: TraceReplayOptions,
  look: (run: Run, folder: string) => void | Promise<void>,
): Promise<void> {
  const outputDir = await Deno.makeTempDir();
  try {
    const { run, folder } = await replayTrace({ outputDir, ...options });
    await look(run, folder);
  } finally {
    await Deno.remove(outputDir, { recursive: true });
  }
}
