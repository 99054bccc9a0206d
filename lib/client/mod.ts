/**
 * Asking, and recording what comes back.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { Clock, Transport } from "../types.ts";
import { nodeTransport } from "./transports/node.ts";
import { sdkTransport } from "./transports/sdk.ts";

/** Every transport by the name that `--transport` takes. */
export const transports: Readonly<Record<string, (clock: Clock) => Transport>> = {
  node: nodeTransport,
  sdk: sdkTransport,
};

/**
 * Opens a transport by name.
 *
 * @throws {UsageError} When there is none of that name.
 */
export function openTransport(name: string, clock: Clock): Transport {
  const open = transports[name];
  if (open === undefined) {
    throw new UsageError(
      `Cannot use transport "${name}" as it is not known: choose one of ${
        Object.keys(transports).join(", ")
      }`,
    );
  }
  return open(clock);
}

export { nodeTransport, sdkTransport };
export { ask } from "./ask.ts";
export { drive, type DriveOptions, type DriveResult, LEAD_MS, newProgress } from "./drive.ts";
export { driveSessions, type Session, type SessionLoad, type TurnAnswer } from "./drive_sessions.ts";
export { type ApiAddress, getModelName, listModels, type ServedModel } from "./models.ts";
export { openaiChat } from "./protocols/openai_chat.ts";
export type { Protocol, StreamEvent, WireQuirks } from "./protocols/protocol.ts";
export { encode, type Progress, send, type SendOptions, type Target } from "./send.ts";
export { sseScanner } from "./sse.ts";
