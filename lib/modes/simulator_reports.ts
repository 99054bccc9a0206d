/**
 * What a simulated engine tells about itself, over the routes that no real engine has.
 *
 * @module
 */
import { ask } from "../client/mod.ts";
import type { CacheCounts, EngineLag } from "../types.ts";
import type { Line } from "./connect.ts";

/** A simulated engine's reports. `undefined` is an engine that does not say. */
export interface SimulatorReports {
  /** How late it was since the last call; `null` when it made no step. Absent in virtual time, which is never late. */
  readonly takeLag?: () => Promise<EngineLag | null | undefined>;
  /** What its prefix cache had, since it started. */
  readonly readCache: () => Promise<CacheCounts | undefined>;
}

/** The reports of the engine at the end of a line. */
export function simulatorReports(line: Line): SimulatorReports {
  return {
    ...(line.clock.kind === "real" ? { takeLag: () => takeEngineLag(line) } : {}),
    async readCache() {
      const text = await askSimulator(line, { method: "GET", path: "/simulator" });
      return text === undefined ? undefined : readCacheCounts(text);
    },
  };
}

/** Asks an engine how late it was since the last question. */
export async function takeEngineLag(line: Line): Promise<EngineLag | null | undefined> {
  const text = await askSimulator(line, { method: "POST", path: "/simulator/lag" });
  return text === undefined ? undefined : readEngineLag(text);
}

async function askSimulator(
  { target, transport, clock }: Line,
  { method, path }: { readonly method: "GET" | "POST"; readonly path: string },
): Promise<string | undefined> {
  const url = new URL(target.baseUrl).origin + path;
  const headers = { "content-type": "application/json", ...target.headers };
  const body = new TextEncoder().encode(method === "POST" ? "{}" : "");
  const answer = await clock.settle(ask({ method, url, headers, body }, { transport, clock }));
  return answer?.status === 200 ? answer.text : undefined;
}

/**
 * Understands the answer of `/simulator/lag`.
 *
 * @returns `null` when the engine made no step, `undefined` when the answer says something else.
 */
export function readEngineLag(text: string): EngineLag | null | undefined {
  const value = parse(text);
  if (value === null) return null;
  const { count, p50Ms, p99Ms, maxMs } = value ?? {};
  const isLag = [count, p50Ms, p99Ms, maxMs].every((number) => typeof number === "number");
  return isLag ? { count, p50Ms, p99Ms, maxMs } as EngineLag : undefined;
}

/**
 * Understands the answer of `/simulator`.
 *
 * @returns `undefined` when it does not say, as with known timing.
 */
export function readCacheCounts(text: string): CacheCounts | undefined {
  const { promptTokens, cachedTokens } = parse(text)?.stats?.scheduler?.prompts ?? {};
  if (typeof promptTokens !== "number" || typeof cachedTokens !== "number") return undefined;
  return { promptTokens, cachedTokens };
}

/** The two answers as far as they are read. */
type Answer = Partial<EngineLag> & {
  readonly stats?: { readonly scheduler?: { readonly prompts?: Partial<CacheCounts> } | null };
};

function parse(text: string): Answer | null | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
