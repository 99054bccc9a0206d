import assert from "node:assert/strict";

import { newProgress, openTransport, send, transports } from "../../lib/client/mod.ts";
import { realClock } from "../../lib/clock.ts";
import type { RequestRecord } from "../../lib/types.ts";
import { event, finish, token } from "../testdata/fake_transport.ts";
import { makeRequests, target } from "../testdata/target.ts";
import { answer, type Script, serveRaw, writeAll } from "./raw_server.ts";

const HEAD = new TextEncoder().encode(
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
);
const LAST_CHUNK = new TextEncoder().encode("0\r\n\r\n");

function httpChunk(bytes: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode(`${bytes.length.toString(16)}\r\n`);
  return Uint8Array.from([...head, ...bytes, 13, 10]);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const wholeStream = join([HEAD, ...[token, token, token, ...finish].map(httpChunk), LAST_CHUNK]);

/** Sends `count` requests one after the other through one transport. */
async function ask(
  name: string,
  baseUrl: string,
  { count = 1, timeoutMs = 5000 } = {},
): Promise<RequestRecord[]> {
  const clock = realClock();
  await using transport = openTransport(name, clock);
  const records: RequestRecord[] = [];
  for (const request of makeRequests(count)) {
    records.push(
      await new Promise((onRecord) => {
        const options = { clock, transport, cell: 0, scheduledMs: 0, progress: newProgress(), onRecord };
        send(request, { ...options, target: { ...target, baseUrl, timeoutMs } });
      }),
    );
  }
  return records;
}

function failureOf(record: RequestRecord | undefined): string {
  assert.ok(record?.outcome.kind === "failed", `outcome is ${record?.outcome.kind}`);
  return record.outcome.failure;
}

for (const name of Object.keys(transports)) {
  Deno.test(`${name} transport: a stream in pieces of 1, 7 and all bytes gives the same tokens, in order of time`, async () => {
    for (const size of [1, 7, wholeStream.length]) {
      const script: Script = async (connection) => {
        await writeAll(connection, wholeStream, size);
        return "keep";
      };
      await using server = serveRaw(script);
      const [record] = await ask(name, server.baseUrl);
      assert.deepEqual(record?.outcome, { kind: "ok", finishReason: "length" });
      assert.equal(record.ticsMs.length, 3);
      const instants = [
        record.sentMs,
        record.headersMs,
        ...record.ticsMs,
        ...record.controlMs,
        record.doneMs,
      ];
      assert.deepEqual(instants, instants.toSorted((a, b) => (a ?? NaN) - (b ?? NaN)));
    }
  });

  Deno.test(`${name} transport: the body arrives as sent`, async () => {
    let body = "";
    await using server = serveRaw(async (connection, request) => {
      body = request.body;
      await writeAll(connection, wholeStream);
      return "keep";
    });
    await ask(name, server.baseUrl);
    assert.equal(JSON.parse(body).messages[0].content, "request 0");
  });

  Deno.test(`${name} transport: nobody listening is a failed connection`, async () => {
    const server = serveRaw(() => Promise.resolve("close"));
    await server[Symbol.asyncDispose]();
    const [record] = await ask(name, server.baseUrl);
    assert.equal(failureOf(record), "connect");
  });

  Deno.test(`${name} transport: an error status keeps status and message`, async () => {
    await using server = serveRaw(async (connection) => {
      await writeAll(connection, answer(429, "application/json", '{"error": {"message": "slow down"}}'));
      return "keep";
    });
    const [record] = await ask(name, server.baseUrl);
    assert.ok(record?.outcome.kind === "failed");
    assert.equal(record.outcome.status, 429);
    assert.match(record.outcome.message, /429.*slow down/);
  });

  Deno.test(`${name} transport: a connection that breaks in the stream is a failure that keeps its tics`, async () => {
    await using server = serveRaw(async (connection) => {
      await writeAll(connection, join([HEAD, httpChunk(token)]));
      await new Promise((resolve) => setTimeout(resolve, 30));
      return "close";
    });
    const [record] = await ask(name, server.baseUrl);
    assert.equal(failureOf(record), "disconnected");
    assert.equal(record?.ticsMs.length, 1);
  });

  Deno.test(`${name} transport: a server that never answers times out and is hung up on`, async () => {
    const hungUp = Promise.withResolvers<void>();
    await using server = serveRaw(async (connection) => {
      const read = await connection.read(new Uint8Array(1)).catch(() => null);
      if (read === null) hungUp.resolve();
      return "close";
    });
    const [record] = await ask(name, server.baseUrl, { timeoutMs: 100 });
    assert.equal(failureOf(record), "timeout");
    await hungUp.promise;
  });

  Deno.test(`${name} transport: an error event in the stream is the engine's failure`, async () => {
    await using server = serveRaw(async (connection) => {
      await writeAll(connection, join([HEAD, httpChunk(event({ error: "no memory" })), LAST_CHUNK]));
      return "close";
    });
    assert.equal(failureOf((await ask(name, server.baseUrl))[0]), "engine");
  });
}

Deno.test("node transport: the second request uses the first one's connection, and says so", async () => {
  await using server = serveRaw(async (connection) => {
    await writeAll(connection, wholeStream);
    return "keep";
  });
  const records = await ask("node", server.baseUrl, { count: 3 });
  assert.deepEqual(records.map((record) => record.freshConnection), [true, false, false]);
  assert.equal(server.connections(), 1);
});

Deno.test("sdk transport: a failed request is not tried again behind our back", async () => {
  let asked = 0;
  await using server = serveRaw(async (connection) => {
    asked++;
    await writeAll(connection, answer(503, "application/json", "{}"));
    return "keep";
  });
  await ask("sdk", server.baseUrl);
  assert.equal(asked, 1);
});
