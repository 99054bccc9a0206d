import type { EngineRequest } from "../../lib/simulator/sequence.ts";

/** A request by its lengths. Its prompt shares no token with that of any other id. */
export function request(
  { id, inputTokens, maxTokens, ignoreEos = true }: {
    readonly id: number;
    readonly inputTokens: number;
    readonly maxTokens: number;
    readonly ignoreEos?: boolean;
  },
): EngineRequest {
  const promptTokens = Int32Array.from({ length: inputTokens }, (_, i) => id * 65_536 + i);
  return { id, promptTokens, maxTokens, ignoreEos };
}
