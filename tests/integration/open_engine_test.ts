import assert from "node:assert/strict";

import { openEngine } from "../../lib/modes/open_engine.ts";

Deno.test("openEngine() records what a server says of its version and settings, and nothing secret", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    switch (new URL(request.url).pathname) {
      case "/v1/models":
        return Response.json({ data: [{ id: "m", owned_by: "sglang" }] });
      case "/get_server_info":
        return request.headers.get("authorization") === "Bearer key"
          ? Response.json({ version: "0.5.4", tp_size: 4, api_key: "key" })
          : new Response(null, { status: 401 });
      default:
        return new Response(null, { status: 404 });
    }
  });
  await using engine = await openEngine({
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    apiKey: "key",
  });
  const { name, version, details } = engine.info;
  assert.deepEqual({ name, version, details }, { name: "sglang", version: "0.5.4", details: { tp_size: 4 } });
});
