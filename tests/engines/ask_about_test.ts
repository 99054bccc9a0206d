import assert from "node:assert/strict";

import { virtualClock } from "../../lib/clock.ts";
import { askAbout, readAbout } from "../../lib/engines/ask_about.ts";
import { llamaCpp, miniSglang, sglang, vllm } from "../../lib/engines/mod.ts";
import type { EngineProfile } from "../../lib/engines/mod.ts";
import type { Transport } from "../../lib/types.ts";

/** Answers by URL; 404 to all others. */
function answering(answers: Readonly<Record<string, string>>, asked: string[]): Transport {
  return {
    name: "table",
    send({ url }, sink) {
      asked.push(url);
      const text = answers[url];
      sink.onHeaders(text === undefined ? 404 : 200, {}, 0);
      sink.onBytes(new TextEncoder().encode(text ?? "not found"), 0);
      sink.onEnd(0);
      return () => {};
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function askFor({ about }: EngineProfile, answers: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const rootUrl = "http://e";
  const found = await askAbout(about, {
    rootUrl,
    transport: answering(answers, asked),
    clock: virtualClock(),
  });
  return { found, asked };
}

Deno.test("askAbout reads what each engine tells, and leaves out what may be secret", async () => {
  const info = JSON.stringify({
    version: "0.5.4",
    tp_size: 4,
    disable_radix_cache: true,
    api_key: "k",
    x: [],
  });
  const expected = { version: "0.5.4", details: { tp_size: 4, disable_radix_cache: true } };
  assert.deepEqual((await askFor(sglang, { "http://e/server_info": info })).found, expected);
  assert.deepEqual((await askFor(vllm, { "http://e/version": '{"version": "0.11.0"}' })).found, {
    version: "0.11.0",
  });
  const props = JSON.stringify({ build_info: "b6000-abc", total_slots: 16, chat_template: "…" });
  assert.deepEqual((await askFor(llamaCpp, { "http://e/props": props })).found, {
    version: "b6000-abc",
    details: { total_slots: 16 },
  });
});

Deno.test("askAbout tries the older path after the newer one, and is silent where there is none", async () => {
  const older = await askFor(sglang, { "http://e/get_server_info": '{"version": "0.4.6"}' });
  assert.deepEqual(older, {
    found: { version: "0.4.6" },
    asked: ["http://e/server_info", "http://e/get_server_info"],
  });
  assert.deepEqual((await askFor(sglang, {})).found, {});
  assert.deepEqual(await askFor(miniSglang, {}), { found: {}, asked: [] });
});

Deno.test("readAbout tells nothing of an answer that is something else", () => {
  const page = { paths: ["/version"], versionKey: "version", detailKeys: ["a"] };
  for (
    const text of ["", "<html>", "null", "[1]", '"1.0"', "3", '{"version": 3, "a": {}}', '{"version": ""}']
  ) {
    assert.deepEqual(readAbout(text, page), {}, text);
  }
});
