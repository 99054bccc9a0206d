/**
 * Addresses as they may be written down.
 *
 * @module
 */

/**
 * An address without login and without the values of its query, which may be keys.
 *
 * @param text Anything; what is no URL comes back as it is.
 * @example
 * ```ts
 * import { shownUrl } from "./shown_url.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(shownUrl("https://me:secret@host/flush?token=abc&all"), "https://host/flush?token=***&all=***");
 * assert.equal(shownUrl("http://host:9090/metrics"), "http://host:9090/metrics");
 * ```
 */
export function shownUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || (url.username === "" && url.password === "" && url.search === "")) return text;
  const names = [...url.searchParams.keys()];
  const query = names.length === 0 ? "" : `?${names.map((name) => `${name}=***`).join("&")}`;
  return `${url.protocol}//${url.host}${url.pathname}${query}`;
}
