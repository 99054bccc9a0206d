import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { RunError, UsageError } from "../../lib/errors.ts";
import { downloadFile, type DownloadProgress } from "../../lib/sources/download.ts";
import type { KnownTrace } from "../../lib/sources/known_traces.ts";
import { openKnownTrace } from "../../lib/sources/open_trace.ts";
import { mooncake } from "../../lib/workload/formats/mooncake.ts";

const ROWS = Array.from(
  { length: 2_000 },
  (_, i) => `{"timestamp": ${i}, "input_length": 5, "output_length": 1, "hash_ids": [${i}]}\n`,
);
const CONTENT = new TextEncoder().encode(ROWS.join(""));
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${SHA256}\nsize ${CONTENT.length}\n`;

/** Serves one file from a loopback port, and keeps what was asked for. */
interface FileServer extends AsyncDisposable {
  readonly url: string;
  readonly ranges: (string | null)[];
}

function serve(answer: (request: Request) => Response): FileServer {
  const ranges: (string | null)[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    ranges.push(request.headers.get("range"));
    return answer(request);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/trace.jsonl`,
    ranges,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Answers as a server that knows ranges does; breaks the connection at `untilByte`, before the promised end. */
function answerRange(request: Request, etag: string, untilByte = CONTENT.length): Response {
  const range = /^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "");
  const first = request.headers.get("if-range") === etag ? Number(range?.[1]) : 0;
  const headers = new Headers({ etag, "content-length": String(CONTENT.length - first) });
  if (first > 0) headers.set("content-range", `bytes ${first}-${CONTENT.length - 1}/${CONTENT.length}`);
  const bytes = CONTENT.slice(first, untilByte);
  const body = ReadableStream.from([bytes]);
  return new Response(body, { status: first > 0 ? 206 : 200, headers });
}

async function inTemporaryDirectory(run: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await run(`${directory}/traces/trace.jsonl`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function namesBeside(path: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(path.slice(0, path.lastIndexOf("/"))));
  return entries.map((entry) => entry.name).sort();
}

async function messageOf(
  promise: Promise<unknown>,
  kind: typeof RunError | typeof UsageError,
): Promise<string> {
  let message = "";
  await assert.rejects(promise, (error: Error) => {
    assert.ok(error instanceof kind, `${error}`);
    message = error.message;
    return true;
  });
  return message;
}

Deno.test("downloadFile brings the file and its record, and nothing else", () =>
  inTemporaryDirectory(async (path) => {
    await using server = serve((request) => answerRange(request, '"v1"'));
    const progress: DownloadProgress[] = [];
    const record = await downloadFile(server.url, path, { onProgress: (step) => progress.push(step) });
    assert.deepEqual(await Deno.readFile(path), CONTENT);
    assert.deepEqual({ ...record, downloadedAt: "" }, {
      url: server.url,
      sizeBytes: CONTENT.length,
      sha256: SHA256,
      downloadedAt: "",
    });
    assert.deepEqual(JSON.parse(await Deno.readTextFile(`${path}.source.json`)), record);
    assert.deepEqual(await namesBeside(path), ["trace.jsonl", "trace.jsonl.source.json"]);
    assert.deepEqual(progress.at(-1), { receivedBytes: CONTENT.length, totalBytes: CONTENT.length });
  }));

Deno.test("downloadFile goes on where it was interrupted", () =>
  inTemporaryDirectory(async (path) => {
    let untilByte = 50_000;
    await using server = serve((request) => answerRange(request, '"v1"', untilByte));
    const message = await messageOf(downloadFile(server.url, path), RunError);
    assert.ok(message.startsWith(`Cannot download ${server.url}: `));
    const { size } = await Deno.stat(`${path}.part`);
    assert.ok(size > 0 && size <= untilByte, `${size} bytes were kept`);

    untilByte = CONTENT.length;
    const steps: DownloadProgress[] = [];
    const { sha256 } = await downloadFile(server.url, path, { onProgress: (step) => steps.push(step) });
    assert.equal(sha256, SHA256);
    assert.deepEqual(server.ranges, [null, `bytes=${size}-`]);
    assert.ok((steps[0]?.receivedBytes ?? 0) > size);
    assert.equal(steps[0]?.totalBytes, CONTENT.length);
    assert.deepEqual(await namesBeside(path), ["trace.jsonl", "trace.jsonl.source.json"]);
  }));

Deno.test("downloadFile starts again when the file changed, or its version is not known", () =>
  inTemporaryDirectory(async (path) => {
    for (const [before, after] of [['"v1"', '"v2"'], ['W/"weak"', 'W/"weak"']] as const) {
      let etag: string = before;
      let untilByte = 50_000;
      await using server = serve((request) => answerRange(request, etag, untilByte));
      await messageOf(downloadFile(server.url, path), RunError);
      [etag, untilByte] = [after, CONTENT.length];
      assert.equal((await downloadFile(server.url, path)).sha256, SHA256);
      assert.deepEqual(await Deno.readFile(path), CONTENT);
      // A weak tag promises no equal bytes, so the rest is not even asked for.
      assert.equal(server.ranges[1], before === '"v1"' ? "bytes=50000-" : null);
    }
  }));

Deno.test("downloadFile starts again when the part is as long as the file", () =>
  inTemporaryDirectory(async (path) => {
    await using server = serve((request) =>
      request.headers.has("range") ? new Response(null, { status: 416 }) : answerRange(request, '"v1"')
    );
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")));
    await Deno.writeFile(`${path}.part`, CONTENT);
    await Deno.writeTextFile(`${path}.part.etag`, '"v1"');
    assert.equal((await downloadFile(server.url, path)).sha256, SHA256);
    assert.deepEqual(server.ranges, [`bytes=${CONTENT.length}-`, null]);
  }));

Deno.test("downloadFile rejects what is not the whole file, and leaves nothing under its name", async () => {
  const half = CONTENT.slice(0, 1_000);
  const cases: [() => Response, string | undefined, RegExp][] = [
    [
      () => new Response("no", { status: 404, statusText: "Not Found" }),
      undefined,
      /the server answers 404 Not Found$/,
    ],
    [() => new Response(half, { status: 206 }), undefined, /the server answers 206 /],
    [() => new Response(POINTER), undefined, /holds a Git LFS pointer, not the file itself$/],
    [
      () => new Response(half),
      SHA256,
      /is not the known file any more: SHA-256 must be [0-9a-f]{64}: current value/,
    ],
  ];
  for (const [answer, sha256, expected] of cases) {
    await inTemporaryDirectory(async (path) => {
      await using server = serve(answer);
      const message = await messageOf(downloadFile(server.url, path, { sha256 }), RunError);
      assert.match(message, expected);
      assert.ok(message.includes(server.url));
      assert.deepEqual(await namesBeside(path), []);
    });
  }
});

Deno.test("downloadFile stops when it is told to", () =>
  inTemporaryDirectory(async (path) => {
    await using server = serve((request) => answerRange(request, '"v1"'));
    const reason = new Error("enough");
    await assert.rejects(downloadFile(server.url, path, { signal: AbortSignal.abort(reason) }), reason);
  }));

/** A known trace at a URL, in the directory of `path`. */
function openFrom(url: string, path: string, limit?: number): ReturnType<typeof openKnownTrace> {
  const known: KnownTrace = { name: "local", format: mooncake, url, fileName: "trace.jsonl" };
  return openKnownTrace(known, { directory: path.slice(0, path.lastIndexOf("/")), limit });
}

Deno.test("openKnownTrace downloads once and reads from the cache afterwards", () =>
  inTemporaryDirectory(async (path) => {
    await using server = serve((request) => answerRange(request, '"v1"'));
    const first = await openFrom(server.url, path, 10);
    assert.equal(first.name, "local");
    assert.equal(first.entries.length, 10);
    assert.deepEqual(first.source, {
      kind: "file",
      path,
      url: server.url,
      sizeBytes: CONTENT.length,
      sha256: SHA256,
    });
    assert.deepEqual(await openFrom(server.url, path, 10), first);
    assert.equal(server.ranges.length, 1);
  }));

Deno.test("openKnownTrace rejects a cached file that changed, even behind the limit", () =>
  inTemporaryDirectory(async (path) => {
    await using server = serve((request) => answerRange(request, '"v1"'));
    await openFrom(server.url, path);
    const changed = CONTENT.slice();
    changed[CONTENT.length - 4] = "0".charCodeAt(0);
    await Deno.writeFile(path, changed);
    const hash = await messageOf(openFrom(server.url, path, 1), UsageError);
    assert.match(
      hash,
      /as it changed since it was downloaded: 'sha256' is [0-9a-f]{64}, was [0-9a-f]{64}\. Delete /,
    );
    await Deno.truncate(path, 500);
    const size = await messageOf(openFrom(server.url, path), UsageError); // not a SyntaxError for the cut row
    assert.ok(size.includes(`'sizeBytes' is 500, was ${CONTENT.length}`), size);

    await Deno.writeTextFile(`${path}.source.json`, "{");
    assert.match(await messageOf(openFrom(server.url, path, 1), UsageError), /its record '.*' is damaged/);
    // Without its record it is a file like any other: used as it is, and not called a download.
    await Deno.remove(`${path}.source.json`);
    const { source } = await openFrom(server.url, path, 1);
    assert.ok(source.kind === "file" && source.url === undefined && source.sizeBytes === 500);
  }));

Deno.test("openKnownTrace names the ways out when there is no connection", () =>
  inTemporaryDirectory(async (path) => {
    const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const url = `http://127.0.0.1:${closed.addr.port}/trace.jsonl`;
    closed.close();
    const message = await messageOf(openFrom(url, path), RunError);
    assert.ok(message.startsWith(`Cannot download ${url}: `), message);
    assert.ok(message.endsWith("with --trace PATH, or use a generated one with --trace synthetic"), message);
  }));
