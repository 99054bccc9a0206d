/**
 * The file forms of other tools. A new one is a file and a line in {@linkcode interchangeForms}.
 *
 * @module
 */
import { aiperf } from "./aiperf.ts";
import { type Document, isFields } from "./documents.ts";
import { dualRound } from "./dual_round.ts";
import { guidellm } from "./guidellm.ts";
import type { InterchangeForm } from "./interchange.ts";
import { miniSglangForm } from "./mini_sglang.ts";
import { sglang } from "./sglang.ts";
import { vllm } from "./vllm.ts";

/** Every form that can be read. SGLang's results have keys of vLLM's and are asked first. */
export const interchangeForms: readonly InterchangeForm[] = [
  sglang,
  vllm,
  guidellm,
  aiperf,
  miniSglangForm,
  dualRound,
];

/**
 * Finds the form of a file.
 *
 * @throws {SyntaxError} When it is of none; the message has the forms and what was looked for.
 */
export function recognizeForm(documents: readonly Document[]): InterchangeForm {
  const form = interchangeForms.find((one) => documents.every(({ value }) => one.recognizes(value)));
  if (form !== undefined) return form;
  const [first] = documents;
  throw new SyntaxError(
    `Cannot read ${first?.at ?? "the file"} as it is of no known form: ${
      describe(first?.value)
    }. Looked for:\n${
      interchangeForms.map(({ name, looksFor }) => `  ${name}: ${looksFor}`).join("\n")
    }\nSay --as to read it as one of these all the same.`,
  );
}

/** What a document is, for messages. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return `it is a list of ${value.length}`;
  if (!isFields(value)) return `it is ${value === null ? "null" : `a ${typeof value}`}`;
  const keys = Object.keys(value);
  const shown = keys.slice(0, 8).map((key) => `"${key}"`).join(", ");
  return keys.length === 0 ? "it is an empty object" : `it has ${shown}${keys.length > 8 ? ", …" : ""}`;
}
