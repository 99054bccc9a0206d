import assert from "node:assert/strict";

import {
  type LongBenchForm,
  longBenchForms,
  longBenchNames,
  longBenchPrompt,
  type LongBenchRow,
  longBenchSubsets,
  subsetOf,
  toLongBenchRow,
} from "../../../lib/workload/datasets/longbench.ts";
import { subsetFrames } from "../../../lib/workload/datasets/longbench_frames.ts";

const NO_QUESTION = ["gov_report", "multi_news", "vcsum", "passage_count", "lcc"];

function rowOf(fields: Partial<LongBenchRow> = {}): LongBenchRow {
  return { id: "1", dataset: "qasper", language: "en", context: "CONTEXT", input: "INPUT", ...fields };
}

function promptOf(row: LongBenchRow, form: LongBenchForm): string {
  const { before, context, after } = longBenchPrompt(row, form);
  return before + context + after;
}

Deno.test("LongBench has 21 subsets, 13 of them a second time with even lengths", () => {
  assert.equal(new Set(longBenchSubsets.map(({ name }) => name)).size, 21);
  assert.equal(longBenchNames.length, 34);
  assert.deepEqual(Object.keys(subsetFrames).sort(), longBenchSubsets.map(({ name }) => name).sort());
  assert.equal(subsetOf("qasper_e")?.name, "qasper");
  assert.deepEqual([subsetOf("musique_e"), subsetOf("other")], [undefined, undefined]);
});

for (const { name } of longBenchSubsets) {
  Deno.test(`the own form of ${name} has the document once, and the question once where there is one`, () => {
    const prompt = promptOf(rowOf({ dataset: name, input: "$& {input}" }), "subset");
    assert.equal(prompt.split("CONTEXT").length, 2);
    assert.equal(prompt.split("$& {input}").length, NO_QUESTION.includes(name) ? 1 : 2);
    // An instruction in the document's language, and only there.
    const isChinese = ["multifieldqa_zh", "dureader", "vcsum", "lsht", "passage_retrieval_zh"].includes(name);
    assert.equal(/[\u4e00-\u9fff]/.test(prompt), isChinese);
    assert.ok(prompt.indexOf("$&") === -1 || prompt.indexOf("CONTEXT") < prompt.indexOf("$&"));
  });
}

const FORMS: readonly [LongBenchForm, Partial<LongBenchRow>, string][] = [
  ["context-question", {}, "CONTEXT\n\nQuestion: INPUT"],
  ["context-question", { language: "zh" }, "CONTEXT\n\n问题: INPUT"],
  ["context-question", { input: "" }, "CONTEXT"],
  ["context-question", { context: "" }, "INPUT"],
  ["context-only", {}, "CONTEXT"],
  ["question-only", {}, "INPUT"],
  ["concatenate", {}, "CONTEXT\nINPUT"],
  ["concatenate", { context: "" }, "INPUT"],
  ["concatenate", { dataset: "mine" }, "CONTEXT\nINPUT"],
];

for (const [form, fields, expected] of FORMS) {
  Deno.test(`longBenchPrompt() in the form ${form} with ${JSON.stringify(fields)}`, () => {
    assert.equal(promptOf(rowOf(fields), form), expected);
  });
}

Deno.test("every form is among those that are tried", () => {
  const tried = ["subset", ...FORMS.map(([form]) => form)];
  assert.deepEqual(longBenchForms.filter((form) => !tried.includes(form)), []);
});

Deno.test("longBenchPrompt() refuses what would be empty, and sets it does not know", () => {
  assert.throws(() => longBenchPrompt(rowOf({ input: " " }), "question-only"), {
    name: "SyntaxError",
    message: "the prompt is empty in the form question-only",
  });
  assert.throws(
    () => longBenchPrompt(rowOf({ dataset: "constructor" }), "subset"),
    /'constructor' is none of/,
  );
});

Deno.test("toLongBenchRow() finds the set in the row, else in the file's name", () => {
  const context = "a";
  const setOf = (row: object, fileName: string) => toLongBenchRow({ context, ...row }, fileName).dataset;
  assert.equal(setOf({ dataset: "qasper" }, "all"), "qasper");
  assert.equal(setOf({ dataset: "qasper" }, "qasper_e"), "qasper_e");
  assert.equal(setOf({}, "trec"), "trec");
  assert.deepEqual(toLongBenchRow({ context, _id: "", input: null }, "trec"), {
    ...{ id: null, dataset: "trec", language: null, context, input: "" },
  });
});

const BAD: readonly [object, string][] = [
  [{}, "'context' must be a text: the field is missing"],
  [{ context: "", input: "" }, "'context' and 'input' must not both be empty"],
  [{ context: ["a"] }, `'context' must be a text: current value is ["a"]`],
  [{ context: "a", _id: 5 }, "'_id' must be a text: current value is 5"],
];

for (const [row, message] of BAD) {
  Deno.test(`toLongBenchRow() refuses ${JSON.stringify(row)}`, () => {
    assert.throws(() => toLongBenchRow({ ...row }, "qasper"), { name: "SyntaxError", message });
  });
}
