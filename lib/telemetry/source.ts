/**
 * From a URL to where telemetry is read: a `/metrics` page, or a Prometheus server.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { pageReader, type PageReading, type PageSource, understandPage } from "./page.ts";
import { isApiAnswer, openPrometheus, type PrometheusSource } from "./prometheus.ts";
import { readOnce, type ReadOptions } from "./read.ts";

/** Where telemetry is read. */
export type TelemetrySource = PageSource | PrometheusSource;

/**
 * Finds out what is at a URL.
 *
 * 1. A path that ends in `/metrics` is a page, also that of a Prometheus server about itself. Nothing else is asked.
 * 2. `URL/api/v1/query?query=1` is asked: JSON with a `status` is a Prometheus server, or one with its API. A server has
 *    a `/metrics` of its own, so this comes before any look for a page. What follows `/api/v1` or is `/graph` in the URL
 *    is left out.
 * 3. The URL itself, then `URL/metrics`, then `/metrics` at the root: the first that has metrics is the page. The last
 *    finds an engine's page where its `/v1` was given.
 * 4. Where nothing is found, the source is the page at `URL/metrics`, and `problem` says what came. It can be read later.
 *
 * A login in the URL is sent as basic authorization, and left out of everything that is said or written.
 *
 * @throws {UsageError} When it is no http or https URL.
 */
export async function openTelemetry(url: string, options: ReadOptions): Promise<TelemetrySource> {
  const parsed = parseUrl(url);
  const asking = { ...options, headers: { ...options.headers, ...loginHeaders(parsed) } };
  const bare = new URL(parsed);
  bare.username = "";
  bare.password = "";
  if (/\/metrics\/?$/.test(bare.pathname)) return await openPage(bare.href, asking);

  const base = bare.origin +
    bare.pathname.replace(/\/(api\/v1(\/.*)?|graph|query)?$/, "").replace(/\/+$/, "");
  const probe = await readOnce(`${base}/api/v1/query?query=1`, asking);
  if (isApiAnswer(probe)) return await openPrometheus(base, { ...asking, shownUrl: base });

  const candidates = [...new Set([bare.href, `${base}/metrics`, `${bare.origin}/metrics`])];
  for (const candidate of candidates) {
    const source = await openPage(candidate, asking);
    if (source.problem === null && source.families.length > 0) return source;
    if (probe.kind === "none") break; // Nothing listens there.
  }
  const source = await openPage(`${base}/metrics`, asking);
  if (source.problem === null || probe.kind === "none") return source;
  return { ...source, problem: `${source.problem}; nor is it a Prometheus server` };
}

function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed !== null && ["http:", "https:"].includes(parsed.protocol)) return parsed;
  throw new UsageError(
    `Cannot read metrics as their URL must begin with http:// or https://: current value is ${url}`,
  );
}

function loginHeaders({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const login = new TextEncoder().encode(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  return { authorization: `Basic ${btoa(String.fromCharCode(...login))}` };
}

async function openPage(url: string, options: ReadOptions): Promise<PageSource> {
  const reading: PageReading = understandPage(await readOnce(url, options));
  return {
    kind: "page",
    url: url.replace(/[?#].*$/, ""),
    families: reading.kind === "page" ? reading.families : [],
    problem: reading.kind === "failed" ? reading.message : null,
    read: pageReader(url, options),
  };
}
