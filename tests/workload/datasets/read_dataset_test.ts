import assert from "node:assert/strict";

import { promptTurns } from "../../../lib/workload/datasets/dataset.ts";
import { datasetForms } from "../../../lib/workload/datasets/forms.ts";
import { describeRows, readRows } from "./read_text.ts";

const GOOD: readonly [object, string][] = [
  [{ text: "Hi" }, "text 1 user=Hi"],
  [{ prompt: "Hi", id: "q7", max_tokens: 5 }, "prompt q7 max=5 user=Hi"],
  [{ prompt: "Hi", id: 0, output_tokens: 9 }, "prompt 0 max=9 user=Hi"],
  [{ prompt: "Hi", max_tokens: 5, output_tokens: 9, id: null }, "prompt 1 max=5 user=Hi"],
  [{ text: null, prompt: "Hi", max_tokens: null }, "prompt 1 user=Hi"],
  [{ user_messages: ["a", "b"] }, "user_messages 1 user=a|user=b"],
  [{ session_id: "s-1", user_messages: ["a"], source: "x.json" }, "user_messages s-1 user=a"],
  [{ id: "", session_id: 7, content: "Hi" }, "content 7 user=Hi"],
  [{ id: "a", session_id: "b", content: "Hi", text: "Ho" }, "text a user=Ho"],
  [
    { messages: [{ role: "developer", content: "s" }, { role: "user", content: "u" }], text: "not this" },
    "messages 1 system=s|user=u",
  ],
  [
    { messages: [{ role: "user", content: [{ type: "text", text: "a" }, { type: "text", text: "b" }] }] },
    "messages 1 user=ab",
  ],
  [
    {
      conversations: [
        { from: "system", value: "s" },
        { from: "human", value: "u" },
        { from: "gpt", value: "a" },
        { from: "user", value: "v" },
        { from: "assistant", value: "b" },
      ],
    },
    "conversations 1 system=s|user=u|assistant=a|user=v|assistant=b",
  ],
  [{ conversations: [{ role: "user", content: "u" }] }, "conversations 1 user=u"],
];

for (const [row, expected] of GOOD) {
  Deno.test(`readDatasetRows() reads ${JSON.stringify(row)}`, async () => {
    assert.deepEqual(describeRows(await readRows(JSON.stringify(row))), [`1: ${expected}`]);
  });
}

Deno.test("every form is among the rows that are read", () => {
  const tried = GOOD.map(([, expected]) => expected.split(" ")[0]);
  assert.deepEqual(datasetForms.map(({ name }) => name).filter((name) => !tried.includes(name)), []);
});

const NOT_EMPTY = "must be a text that is not empty";
const BAD: readonly [string, string | RegExp][] = [
  ["nope", /^the row is not JSON: .*nope/],
  ["3", "the row must be a JSON object: current value is 3"],
  ['"text"', 'the row must be a JSON object: current value is "text"'],
  ["{}", /^the row has none of the fields messages, .*, text, content: its fields are none$/],
  ['{"input": 1, "context": 2}', /: its fields are input, context$/],
  ['{"text": ""}', `'text' ${NOT_EMPTY}: current value is ""`],
  ['{"text": " \\n"}', `'text' ${NOT_EMPTY}: current value is " \\n"`],
  ['{"text": null}', `'text' ${NOT_EMPTY}: current value is null`],
  ['{"prompt": ["a"]}', `'prompt' ${NOT_EMPTY}: current value is ["a"]`],
  ['{"user_messages": "a"}', `'user_messages' must be a list of at least one turn: current value is "a"`],
  ['{"user_messages": []}', "'user_messages' must be a list of at least one turn: current value is []"],
  ['{"user_messages": ["a", 5]}', `'user_messages[1]' ${NOT_EMPTY}: current value is 5`],
  ['{"messages": ["a"]}', `'messages[0]' must be a JSON object: current value is "a"`],
  [
    '{"messages": [{"role": "tool", "content": "a"}]}',
    `'messages[0].role' must be one of system, developer, user, assistant: current value is "tool"`,
  ],
  [
    '{"messages": [{"role": "constructor", "content": "a"}]}',
    `'messages[0].role' must be one of system, developer, user, assistant: current value is "constructor"`,
  ],
  ['{"messages": [{"role": "user"}]}', `'messages[0].content' ${NOT_EMPTY}: the field is missing`],
  [
    '{"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}',
    `'messages[0].content[0].type' must be "text": current value is "image_url"`,
  ],
  [
    '{"messages": [{"role": "system", "content": "a"}]}',
    "'messages' must have a turn of the user: there is none among 1",
  ],
  [
    '{"conversations": [{"from": "bing", "value": "a"}]}',
    `'conversations[0].from' must be one of system, human, user, gpt, assistant: current value is "bing"`,
  ],
  ['{"text": "a", "max_tokens": 0}', "'max_tokens' must be an integer >= 1: current value is 0"],
  ['{"text": "a", "output_tokens": "9"}', `'output_tokens' must be an integer >= 1: current value is "9"`],
  ['{"text": "a", "id": {}}', "'id' must be a text or a number: current value is {}"],
  ['{"text": "a", "session_id": []}', "'session_id' must be a text or a number: current value is []"],
];

Deno.test("readDatasetRows() says what is wrong with a row, and reads those around it", async () => {
  for (const [line, reason] of BAD) {
    const [before, bad, after] = await readRows(`{"text": "a"}\n${line}\n{"text": "b"}`);
    assert.ok(bad?.kind === "bad" && bad.line === 2, line);
    if (typeof reason === "string") assert.equal(bad.reason, reason);
    else assert.match(bad.reason, reason);
    // Rows count whether they are good or bad, so that an id does not change when another row is mended.
    assert.deepEqual(describeRows([before, after].filter((row) => row !== undefined)), [
      "1: text 1 user=a",
      "3: text 3 user=b",
    ]);
  }
});

Deno.test("readDatasetRows() cuts long values and long lists of fields", async () => {
  const long = JSON.stringify({ text: ["x".repeat(1000)] });
  const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`field${i}`, i])));
  for (const row of await readRows(`${long}\n${wide}`)) {
    assert.ok(row.kind === "bad" && row.reason.length < 200);
  }
});

Deno.test("readDatasetRows() finds bad UTF-8 in its own row only", async () => {
  const line = new TextEncoder().encode('{"text": "né"}\n');
  const broken = line.slice();
  broken[line.indexOf(0xc3)] = 0xff;
  const rows = await readRows(Uint8Array.of(...line, ...broken, ...line), 5);
  assert.deepEqual(describeRows(rows), [
    "1: text 1 user=né",
    "2: bad: the row is not valid UTF-8",
    "3: text 3 user=né",
  ]);
});

Deno.test("readDatasetRows() reads byte order mark, CRLF, blank lines and Chinese, wherever the bytes are cut", async () => {
  const file = '\ufeff\r\n{"text": "你好"}\r\n\r\n  \n{"prompt": "再见"}';
  for (let chunkBytes = 1; chunkBytes < 60; chunkBytes++) {
    assert.deepEqual(describeRows(await readRows(file, chunkBytes)), [
      "2: text 1 user=你好",
      "5: prompt 2 user=再见",
    ]);
  }
});

Deno.test("readDatasetRows() reads the same rows from lines and from a list", async () => {
  const rows = GOOD.map(([row]) => row);
  const lines = await readRows(rows.map((row) => JSON.stringify(row)).join("\n"));
  const wrapped = { version: 1, data: rows, more: ["}"] };
  for (
    const text of [
      ...[JSON.stringify(rows), JSON.stringify(rows, null, 2)],
      ...[JSON.stringify(wrapped), JSON.stringify(wrapped, null, 2)],
    ]
  ) {
    for (const chunkBytes of [1, 7, 10_000]) {
      const listed = await readRows(text, chunkBytes);
      const withoutLine = (lines: string[]) => lines.map((line) => line.replace(/^\d+/, ""));
      assert.deepEqual(withoutLine(describeRows(listed)), withoutLine(describeRows(lines)));
    }
  }
});

Deno.test("readDatasetRows() finds nothing in an empty file", async () => {
  for (const file of ["", "\ufeff", "\n\n", "[]", "[\n]\n"]) assert.deepEqual(await readRows(file), []);
});

Deno.test("promptTurns() ends with the user's last turn", () => {
  const turns = (["system", "user", "assistant", "user", "assistant"] as const)
    .map((role) => ({ role, content: role }));
  assert.deepEqual(promptTurns(turns), turns.slice(0, 4));
  assert.deepEqual(promptTurns(turns.slice(0, 3)), turns.slice(0, 2));
});
