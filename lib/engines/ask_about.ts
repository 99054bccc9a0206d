/**
 * What a server tells about itself.
 *
 * @module
 */
import { ask } from "../client/mod.ts";
import type { Clock, EngineInfo, Json, JsonObject, Transport } from "../types.ts";
import type { AboutPage } from "./profile.ts";

/** Version and settings as the server names them; what it does not tell is absent. */
export type About = Pick<EngineInfo, "version" | "details">;

/** What asking needs. */
export interface AskAboutOptions {
  /** Root of the server: "http://127.0.0.1:30000". */
  readonly rootUrl: string;
  readonly transport: Transport;
  readonly clock: Clock;
  /** For example, authorization. @default none */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server that answers at all answers this at once. */
const TIMEOUT_MS = 5000;

/**
 * Asks a server for its version and settings. On a virtual clock, wait for it in `settle`.
 *
 * @param page Of its profile; `null` asks nothing.
 * @returns Nothing where the server does not answer, or answers something else: a run does not depend on it.
 */
export async function askAbout(page: AboutPage | null, options: AskAboutOptions): Promise<About> {
  const { rootUrl, transport, clock, headers = {} } = options;
  for (const path of page?.paths ?? []) {
    const request = { method: "GET", url: rootUrl + path, headers, body: NO_BODY } as const;
    const answer = await ask(request, { transport, clock, timeoutMs: TIMEOUT_MS });
    if (page !== null && answer?.status === 200) return readAbout(answer.text, page);
  }
  return {};
}

const NO_BODY = new Uint8Array();

/**
 * Reads what is worth recording from the answer of such a page.
 *
 * @param text JSON; anything else tells nothing.
 * @example
 * ```ts
 * import { readAbout } from "./ask_about.ts";
 * import assert from "node:assert/strict";
 *
 * const page = { paths: ["/server_info"], versionKey: "version", detailKeys: ["tp_size"] };
 * assert.deepEqual(readAbout('{"version": "0.5.4", "tp_size": 4, "api_key": "secret"}', page), {
 *   version: "0.5.4",
 *   details: { tp_size: 4 },
 * });
 * ```
 */
export function readAbout(text: string, { versionKey, detailKeys }: AboutPage): About {
  const answer = parseObject(text);
  const version = answer[versionKey];
  const details = Object.fromEntries(
    detailKeys.flatMap((key) => {
      const value = answer[key];
      return isScalar(value) ? [[key, value]] : [];
    }),
  );
  return {
    ...(typeof version === "string" && version !== "" ? { version } : {}),
    ...(Object.keys(details).length === 0 ? {} : { details }),
  };
}

function parseObject(text: string): JsonObject {
  try {
    const value: Json = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isScalar(value: Json | undefined): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}
