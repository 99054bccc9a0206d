import assert from "node:assert/strict";

import { transcribe, transcriptFile, wireCases } from "./wire_cases.ts";

const folder = new URL("../golden/wire/", import.meta.url);

for (const wireCase of wireCases) {
  const file = transcriptFile(wireCase);
  Deno.test(`the wire is as recorded in ${file}`, () => {
    assert.equal(transcribe(wireCase), Deno.readTextFileSync(new URL(file, folder)));
  });
}

Deno.test("every wire transcript is made by a case", () => {
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  assert.deepEqual(files, wireCases.map(transcriptFile).sort());
});

Deno.test("SGLang's /generate names the token that ended an answer", () => {
  const text = transcribe({
    engine: "sglang",
    name: "generate_stop",
    options: { engine: "sglang", model: "Qwen3-0.6B", tp: 1, meanAnswerTokens: 3 },
    asks: [{ path: "/generate", body: { text: "b", sampling_params: { max_new_tokens: 99 } } }],
  });
  const answer = JSON.parse(text.split("\n").find((line) => line.startsWith("{")) ?? "");
  const { finish_reason: finishReason, completion_tokens: completionTokens } = answer.meta_info;
  assert.deepEqual(finishReason, { type: "stop", matched: 151645 });
  assert.equal(answer.output_ids.length, completionTokens);
  assert.equal(answer.output_ids.at(-1), 151645);
});
