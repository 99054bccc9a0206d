import { Buffer } from "node:buffer";

/** What a scripted server does with a request: write bytes, wait, close. */
export type Script = (
  connection: Deno.Conn,
  request: { path: string; head: string; body: string },
) => Promise<"keep" | "close">;

/** A server on a free loopback port that answers with raw bytes, so that it can be as wrong as a test needs. */
export function serveRaw(script: Script): { baseUrl: string; connections: () => number } & AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  let connections = 0;
  const accept = (async () => {
    for await (const connection of listener) {
      connections++;
      open.add(connection);
      serve(connection, script).finally(() => {
        open.delete(connection);
        try {
          connection.close();
        } catch { /* closed by the script */ }
      });
    }
  })();
  return {
    baseUrl: `http://127.0.0.1:${listener.addr.port}/v1`,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) {
        try {
          connection.close();
        } catch { /* already closed */ }
      }
      await accept.catch(() => {});
    },
  };
}

/** A whole HTTP answer with a length. */
export function answer(status: number, type: string, body: string): Uint8Array {
  const bytes = new TextEncoder().encode(body);
  const head = `HTTP/1.1 ${status} X\r\ncontent-type: ${type}\r\ncontent-length: ${bytes.length}\r\n\r\n`;
  return new TextEncoder().encode(head + body);
}

/** Writes every byte, in pieces of `size`. */
export async function writeAll(connection: Deno.Conn, bytes: Uint8Array, size = bytes.length): Promise<void> {
  for (let start = 0; start < bytes.length; start += size) {
    const piece = bytes.subarray(start, start + size);
    for (let offset = 0; offset < piece.length;) offset += await connection.write(piece.subarray(offset));
    if (size < bytes.length) await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

async function serve(connection: Deno.Conn, script: Script): Promise<void> {
  const read = new Uint8Array(65536);
  let bytes = Buffer.alloc(0);
  try {
    for (;;) {
      const length = await connection.read(read);
      if (length === null) return;
      bytes = Buffer.concat([bytes, read.subarray(0, length)]);
      const headEnd = bytes.indexOf("\r\n\r\n");
      if (headEnd < 0) continue;
      const head = bytes.toString("latin1", 0, headEnd);
      const end = headEnd + 4 + Number(head.match(/content-length: (\d+)/i)?.[1] ?? 0);
      if (bytes.length < end) continue;
      const request = {
        ...{ path: head.split(" ")[1] ?? "", head },
        body: bytes.toString("utf8", headEnd + 4, end),
      };
      bytes = bytes.subarray(end);
      if (await script(connection, request) === "close") return;
    }
  } catch { /* the client went away */ }
}
