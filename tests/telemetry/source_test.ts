import assert from "node:assert/strict";

import { virtualClock } from "../../lib/clock.ts";
import { UsageError } from "../../lib/errors.ts";
import { openTelemetry } from "../../lib/telemetry/source.ts";
import { serveTexts } from "./serve_texts.ts";

const PAGE = "# TYPE load gauge\nload 0.5\n";
const API = {
  "/api/v1/query?query=1": '{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}',
  "/api/v1/label/__name__/values":
    '{"status":"success","data":["load","n_total","h_bucket","h_sum","h_count"]}',
  "/api/v1/metadata": '{"status":"success","data":{"load":[{"type":"gauge","help":"Load.","unit":""}]}}',
};

async function open(url: string, texts: Readonly<Record<string, string>>) {
  const clock = virtualClock();
  const asked: string[] = [];
  const transport = serveTexts(clock, (request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(pathname + search);
    return texts[pathname + search];
  });
  return { source: await clock.settle(openTelemetry(url, { transport, clock })), asked };
}

Deno.test("openTelemetry() takes a path that ends in /metrics for a page and asks nothing else", async () => {
  const { source, asked } = await open("http://prometheus:9090/metrics", { ...API, "/metrics": PAGE });
  assert.deepEqual([source.kind, source.url, source.problem], [
    "page",
    "http://prometheus:9090/metrics",
    null,
  ]);
  assert.deepEqual(source.families, [{ name: "load", type: "gauge", help: "" }]);
  assert.deepEqual(asked, ["/metrics"]);
});

Deno.test("openTelemetry() takes a bare Prometheus URL for a server although it has /metrics of its own", async () => {
  for (const path of ["", "/", "/graph", "/api/v1", "/api/v1/query"]) {
    const { source } = await open(`http://prometheus:9090${path}`, { ...API, "/metrics": PAGE });
    assert.deepEqual([source.kind, source.url, source.problem], [
      "prometheus",
      "http://prometheus:9090",
      null,
    ]);
    assert.deepEqual(source.families, [
      { name: "load", type: "gauge", help: "Load." },
      { name: "n_total", type: "counter", help: "" }, // no metadata: by convention
      { name: "h", type: "histogram", help: "" },
    ]);
  }
});

Deno.test("openTelemetry() finds an engine's page from its base URL, and a page of another name", async () => {
  const engine = await open("http://engine:30000/v1", { "/metrics": PAGE });
  assert.deepEqual([engine.source.kind, engine.source.url], ["page", "http://engine:30000/metrics"]);
  assert.deepEqual(engine.asked, ["/v1/api/v1/query?query=1", "/v1", "/v1/metrics", "/metrics"]);
  const other = await open("http://engine:30000/stats", { "/stats": PAGE, "/metrics": PAGE });
  assert.equal(other.source.url, "http://engine:30000/stats");
});

Deno.test("openTelemetry() says what came where there are no metrics", async () => {
  const html = "<html>sign in</html>";
  const cases: readonly (readonly [url: string, texts: Readonly<Record<string, string>>, problem: RegExp])[] =
    [
      ["http://h/metrics", {}, /^HTTP 404.*--enable-metrics$/],
      ["http://h/metrics", { "/metrics": html }, /^Cannot read metrics as HTML came/],
      [
        "http://h",
        { "/api/v1/query?query=1": html, "/": html, "/metrics": html },
        /HTML came.*nor is it a Prometheus server$/,
      ],
    ];
  for (const [url, texts, problem] of cases) {
    const { source } = await open(url, texts);
    assert.equal(source.kind, "page");
    assert.match(source.problem ?? "", problem);
  }
});

Deno.test("openTelemetry() sends a login as a header and shows it nowhere", async () => {
  const clock = virtualClock();
  const seen: (string | undefined)[] = [];
  const transport = serveTexts(clock, ({ headers, url }) => {
    seen.push(headers["authorization"], new URL(url).username);
    return PAGE;
  });
  const url = "http://ann:pass%20word@h/metrics?token=1#x";
  const source = await clock.settle(openTelemetry(url, { transport, clock }));
  assert.deepEqual(seen, ["Basic YW5uOnBhc3Mgd29yZA==", ""]); // ann:pass word
  assert.equal(source.url, "http://h/metrics");
});

Deno.test("openTelemetry() refuses what is no http URL", async () => {
  await assert.rejects(open("localhost:9090", {}), UsageError);
  await assert.rejects(open("", {}), UsageError);
});
