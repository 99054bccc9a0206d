import assert from "node:assert/strict";
import fc from "fast-check";

import { sseScanner } from "../../lib/client/sse.ts";

const encoder = new TextEncoder();

function scan(reads: readonly Uint8Array[]): string[] {
  const seen: string[] = [];
  const feed = sseScanner((bytes, start, end) =>
    seen.push(new TextDecoder().decode(bytes.subarray(start, end)))
  );
  for (const read of reads) feed(read);
  return seen;
}

const table: [name: string, stream: string, events: string[]][] = [
  ["two events", "data: a\n\ndata: b\n\n", ["a", "b"]],
  ["CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]],
  ["no space after the colon", "data:a\n\n", ["a"]],
  ["only one space is taken", "data:  a\n\n", [" a"]],
  ["several data lines are joined", "data: a\ndata: b\ndata: c\n\n", ["a\nb\nc"]],
  ["comments and other fields are skipped", ": ping\n\nevent: x\nid: 1\ndata: a\n\n", ["a"]],
  ["empty data", "data:\n\n", [""]],
  ["an unfinished event is dropped", "data: a\n\ndata: b\n", ["a"]],
  ["UTF-8", "data: 你好 🙂\n\n", ["你好 🙂"]],
];

for (const [name, stream, events] of table) {
  Deno.test(`sseScanner(): ${name}`, () => assert.deepEqual(scan([encoder.encode(stream)]), events));
}

Deno.test("sseScanner() gives the same events however the stream is split", () => {
  const event = fc.tuple(
    fc.constantFrom("data: ", "data:", ": comment ", "event: "),
    fc.string({ unit: fc.constantFrom("a", "é", "🙂", " ", ":", '"', "d") }),
    fc.constantFrom("\n\n", "\r\n\r\n", "\n"),
  );
  fc.assert(fc.property(fc.array(event), fc.array(fc.nat()), (parts, cuts) => {
    const bytes = encoder.encode(parts.flat().join(""));
    const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
    const reads = edges.slice(1).map((edge, i) => bytes.slice(edges[i], edge));
    assert.deepEqual(scan(reads), scan([bytes]));
    assert.deepEqual(scan([...bytes].map((byte) => Uint8Array.of(byte))), scan([bytes]));
  }));
});

Deno.test("sseScanner() refuses an event without end", () => {
  const feed = sseScanner(() => {});
  const megabyte = encoder.encode("x".repeat(1 << 20));
  assert.throws(() => {
    for (let i = 0; i < 20; i++) feed(megabyte);
  }, SyntaxError);
});
