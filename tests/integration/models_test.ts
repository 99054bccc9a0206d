import assert from "node:assert/strict";

import { getModelName, listModels } from "../../lib/client/mod.ts";
import { RunError } from "../../lib/errors.ts";
import { answer, serveRaw, writeAll } from "./raw_server.ts";

async function withAnswer<T>(bytes: Uint8Array, use: (baseUrl: string) => Promise<T>): Promise<T> {
  await using server = serveRaw(async (connection) => {
    await writeAll(connection, bytes);
    return "keep";
  });
  return await use(server.baseUrl);
}

const list = (models: object[]) =>
  answer(200, "application/json", JSON.stringify({ object: "list", data: models }));

Deno.test("listModels() reads ids, owner and context length", async () => {
  const models = await withAnswer(
    list([{ id: "a", owned_by: "vllm", max_model_len: 4096 }, { id: "b", owned_by: "vllm" }]),
    (baseUrl) => listModels({ baseUrl }),
  );
  assert.deepEqual(models, [{ id: "a", ownedBy: "vllm", contextTokens: 4096 }, { id: "b", ownedBy: "vllm" }]);
});

Deno.test("getModelName() takes the first, and asks for --model when there is none", async () => {
  assert.equal(
    await withAnswer(list([{ id: "a" }, { id: "b" }]), (baseUrl) => getModelName({ baseUrl })),
    "a",
  );
  await assert.rejects(
    withAnswer(list([]), (baseUrl) => getModelName({ baseUrl })),
    /lists none: name one with --model/,
  );
});

Deno.test("listModels() says what is wrong and what to do", async () => {
  const table: [Uint8Array, RegExp][] = [
    [answer(401, "application/json", "{}"), /HTTP 401; the server wants a key: set OPENAI_API_KEY/],
    [answer(404, "text/plain", "not found"), /HTTP 404; the base URL usually ends in \/v1/],
    [answer(500, "text/plain", "broken"), /HTTP 500/],
    [answer(200, "text/html", "<html>"), /not a list of models/],
  ];
  for (const [bytes, message] of table) {
    await assert.rejects(withAnswer(bytes, (baseUrl) => listModels({ baseUrl })), (error: Error) => {
      assert.ok(error instanceof RunError);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("listModels() of a dead server names it", async () => {
  const server = serveRaw(() => Promise.resolve("close"));
  await server[Symbol.asyncDispose]();
  await assert.rejects(listModels({ baseUrl: server.baseUrl }), /nothing answers there .*; start the server/);
});
