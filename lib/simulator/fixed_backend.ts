/**
 * Known timing: every request gets its tokens at instants fixed beforehand, whatever else goes on.
 *
 * @module
 */
import type { Backend, BackendContext } from "./backend.ts";
import type { FixedTiming } from "./options.ts";
import { clipAnswer } from "./sequence.ts";

/**
 * Token i of a request comes at `arrival + ttftMs + i · itlMs`.
 *
 * @param timing `ttftMs` and `itlMs`; `contextTokens`, the longest prompt and answer together.
 * @param context The engine.
 */
export function fixedBackend(
  { ttftMs, itlMs, contextTokens }: FixedTiming & { readonly contextTokens: number },
  context: BackendContext,
): Backend {
  const cancels = new Map<number, () => void>();
  return {
    submit(request) {
      const { id } = request;
      const outputTokens = clipAnswer(request, contextTokens);
      if (outputTokens === 0) return;
      const firstMs = context.now() + ttftMs;
      const emitAt = (index: number) => {
        const dueMs = firstMs + index * itlMs;
        const cancel = context.at(dueMs, () => {
          const finished = index + 1 === outputTokens;
          if (finished) cancels.delete(id);
          else emitAt(index + 1);
          context.emit(
            {
              startMs: dueMs,
              admitted: [],
              tokens: [{ id, index, finishReason: finished ? "length" : null }],
            },
            dueMs,
          );
        });
        cancels.set(id, cancel);
      };
      emitAt(0);
    },
    abort(id) {
      cancels.get(id)?.();
      cancels.delete(id);
    },
    activeRequests: () => cancels.size,
    flushCache: () => cancels.size === 0,
    usage: () => null,
  };
}
