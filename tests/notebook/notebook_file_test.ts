import assert from "node:assert/strict";
import fc from "fast-check";

import {
  codeCells,
  formatNotebook,
  hasTag,
  isFigure,
  type Notebook,
  parseNotebook,
} from "../../lib/notebook/notebook_file.ts";

/** As Jupyter writes it: the keys of a cell by name, one space of indent, text as a list of lines. */
const written = `{
 "cells": [
  {
   "cell_type": "markdown",
   "id": "a1",
   "metadata": {},
   "source": [
    "# Title\\n",
    "\\n",
    "text"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 3,
   "id": "b2",
   "metadata": {
    "tags": [
     "figure"
    ]
   },
   "source": [
    "1 + 1"
   ],
   "outputs": [
    {
     "output_type": "execute_result",
     "execution_count": 3,
     "data": {
      "text/plain": [
       "2"
      ],
      "application/json": [
       "kept"
      ]
     },
     "metadata": {}
    }
   ]
  }
 ],
 "metadata": {
  "kernelspec": {
   "name": "deno"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`;

Deno.test("formatNotebook gives back what parseNotebook read", () => {
  assert.equal(formatNotebook(parseNotebook(written, "a.ipynb")), written);
});

Deno.test("parseNotebook joins lines, but not lists that are JSON content", () => {
  const [title, code] = parseNotebook(written, "a.ipynb").cells;
  assert.equal(title?.source, "# Title\n\ntext");
  assert.deepEqual(code?.kind === "code" && code.outputs, [{
    kind: "result",
    data: { "text/plain": "2", "application/json": ["kept"] },
    metadata: {},
    executionCount: 3,
  }]);
});

Deno.test("parseNotebook reads what formatNotebook wrote, whatever the text", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "\n", "\r", '"', "\\", "é", "\u2028") });
  fc.assert(fc.property(text, text, text, (source, printed, shown) => {
    const notebook: Notebook = {
      metadata: {},
      minor: 4,
      cells: [
        { kind: "raw", source, metadata: {}, id: null, attachments: null },
        { kind: "markdown", source, metadata: {}, id: null, attachments: { "a.png": {} } },
        {
          ...{ kind: "code", source, metadata: { tags: ["x"] }, id: null, executionCount: null },
          outputs: [
            { kind: "stream", name: "stderr", text: printed },
            { kind: "display", data: { "text/html": shown }, metadata: {}, executionCount: null },
            { kind: "error", name: "TypeError", message: shown, traceback: [printed] },
          ],
        },
      ],
    };
    assert.deepEqual(parseNotebook(formatNotebook(notebook), "a.ipynb"), notebook);
  }));
});

const file = (value: unknown) =>
  JSON.stringify({ nbformat: 4, nbformat_minor: 4, metadata: {}, cells: value });

for (
  const [what, text, message] of [
    ["is not JSON", "# Title", /^Cannot read a\.ipynb as it must be JSON: /],
    [
      "is no object",
      "null",
      /^Cannot read a\.ipynb as a notebook as 'nbformat' must be a number: .* missing$/,
    ],
    [
      "is of an older format",
      `{"nbformat": 3, "worksheets": []}`,
      /'nbformat' must be 4: current value is 3\. Open it/,
    ],
    [
      "has no cells",
      `{"nbformat": 4}`,
      /^Cannot read a\.ipynb .* 'cells' must be a list: current value is missing$/,
    ],
    [
      "has a cell of an unknown kind",
      file([{ cell_type: "markdown", source: "" }, { cell_type: "heading", source: "" }]),
      /a\.ipynb, cell 2 from the top as a notebook as 'cell_type' must be .*: current value is "heading"$/,
    ],
    [
      "has a cell without text",
      file([{ cell_type: "code" }]),
      /cell 1 from the top, 'source' .* text or a list of lines: current value is missing$/,
    ],
    [
      "has an output of an unknown kind",
      file([{ cell_type: "code", source: "", outputs: [{ output_type: "pyout" }] }]),
      /'output_type' must be .*: current value is "pyout"$/,
    ],
  ] as const
) {
  Deno.test(`parseNotebook refuses a file that ${what}`, () => {
    assert.throws(() => parseNotebook(text, "a.ipynb"), { name: "SyntaxError", message });
  });
}

Deno.test("codeCells counts as Jupyter does: without prose and empty cells", () => {
  const notebook = parseNotebook(
    file([
      { cell_type: "code", source: "1" },
      { cell_type: "markdown", source: "2" },
      { cell_type: "code", source: " \n" },
      { cell_type: "code", source: "3" },
    ]),
    "a.ipynb",
  );
  assert.deepEqual(codeCells(notebook).map(({ cell, number }) => [cell.source, number]), [["1", 1], [
    "3",
    2,
  ]]);
});

Deno.test("hasTag and isFigure", () => {
  const code = parseNotebook(written, "a.ipynb").cells[1];
  assert.ok(code !== undefined && hasTag(code, "figure") && !hasTag(code, "fig"));
  const show = (data: Record<string, string>) =>
    isFigure({ kind: "display", data, metadata: {}, executionCount: null });
  assert.ok(show({ "text/html": "<b>1</b>" }) && show({ "image/png": "aGk=" }));
  assert.ok(!show({ "text/plain": "1" }) && !show({ "text/html": "" }));
  assert.ok(!isFigure({ kind: "stream", name: "stdout", text: "text/html" }));
});
