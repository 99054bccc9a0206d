// deno-lint-ignore-file no-console -- tells its port to the benchmark that started it
/**
 * A server that sends tokens as fast as it can, one write per token, for measuring clients.
 *
 *   deno run --allow-net=127.0.0.1 tests/bench/flood_server.ts TOKENS
 *
 * @module
 */
const tokens = Number(Deno.args[0]);
const encoder = new TextEncoder();

/** An SSE event as an HTTP chunk, as large as those of real engines. */
function chunk(data: string): Uint8Array {
  const event = `data: ${data}\n\n`;
  return encoder.encode(`${event.length.toString(16)}\r\n${event}\r\n`);
}

const choice = (delta: object, finish: string | null) =>
  JSON.stringify({
    id: "chatcmpl-0123456789abcdef0123456789abcdef",
    object: "chat.completion.chunk",
    created: 1750000000,
    model: "Qwen/Qwen3-32B",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  });
const head = encoder.encode(
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
);
const token = chunk(choice({ content: " token" }, null));
const tail = [chunk(choice({}, "length")), chunk("[DONE]"), encoder.encode("0\r\n\r\n")];

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.log(listener.addr.port);
for await (const connection of listener) serve(connection).catch(() => {});

/** Answers every request of a connection; a request is whatever ends with its body's closing brace. */
async function serve(connection: Deno.TcpConn): Promise<void> {
  using _connection = connection;
  connection.setNoDelay(true);
  const buffer = new Uint8Array(65536);
  for (;;) {
    const length = await connection.read(buffer);
    if (length === null) return;
    if (buffer[length - 1] !== 0x7d) continue;
    await connection.write(head);
    for (let i = 0; i < tokens; i++) await connection.write(token);
    for (const bytes of tail) await connection.write(bytes);
  }
}
