/**
 * Emptying an engine's prefix cache.
 *
 * @module
 */
import { ask } from "../client/mod.ts";
import type { EngineProfile } from "../engines/mod.ts";
import { UsageError } from "../errors.ts";
import { shownUrl } from "../shown_url.ts";
import type { CacheReset } from "../types.ts";
import type { Line } from "./connect.ts";
import { serverRoot } from "./target.ts";

/** How a cache is emptied. */
export interface CacheResetTarget {
  readonly url: string;
  /** What a refusal means, by status. */
  readonly refusals: Readonly<Record<number, string>>;
}

/**
 * Finds out how an engine's cache is emptied.
 *
 * @param url Named by the user; else the profile's route on the server.
 * @returns `null` when the engine has no such route.
 * @throws {UsageError} When the URL is none.
 */
export function findCacheReset(
  { profile, line }: { readonly profile: EngineProfile; readonly line: Line },
  url?: string,
): CacheResetTarget | null {
  const { cacheReset } = profile;
  if (url !== undefined) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new UsageError(
        `Cannot reset the cache as --reset-cache-url must be an http or https URL: current value is ${
          shownUrl(url)
        }`,
      );
    }
    return { url, refusals: {} };
  }
  return cacheReset === null
    ? null
    : { url: serverRoot(line.target.baseUrl) + cacheReset.path, refusals: cacheReset.refusals };
}

/** Engines refuse while requests run, and the last of a load may not be put away yet. */
const TRIES = 4;
const BETWEEN_TRIES_MS = 250;

/**
 * Empties the cache, and says what came of it.
 *
 * A refusal is tried again, three times within a second, in case the engine is only just getting idle.
 */
export async function resetCache(line: Line, { url, refusals }: CacheResetTarget): Promise<CacheReset> {
  for (let tries = 1;; tries++) {
    const answer = await post(url, line);
    const saysNo = /"success"\s*:\s*false/.test(answer?.text ?? "");
    if (answer !== null && answer.status >= 200 && answer.status < 300 && !saysNo) {
      return { url: shownUrl(url), done: true, status: answer.status, message: "" };
    }
    const isBusy = saysNo || answer?.status === 400 || answer?.status === 409 || answer?.status === 503;
    if (isBusy && tries < TRIES) {
      await line.clock.settle(
        new Promise<void>((resolve) => line.clock.at(line.clock.now() + BETWEEN_TRIES_MS, resolve)),
      );
      continue;
    }
    const status = answer?.status ?? null;
    const why = status === null ? "no answer came" : saysNo ? "the engine says so" : `HTTP ${status}`;
    const hint = refusals[status ?? 0];
    return {
      ...{ url: shownUrl(url), done: false, status },
      message: `The prefix cache was not emptied (${why}${hint === undefined ? "" : `: ${hint}`}): ` +
        "prompts that were asked before may still be in it, so this is not a cold cache.",
    };
  }
}

function post(url: string, { target, transport, clock }: Line): ReturnType<typeof ask> {
  // Another server gets no key.
  const isEngine = new URL(url).origin === new URL(target.baseUrl).origin;
  const headers = { "content-type": "application/json", ...(isEngine ? target.headers : {}) };
  return clock.settle(
    ask({ method: "POST", url, headers, body: new TextEncoder().encode("{}") }, { transport, clock }),
  );
}
