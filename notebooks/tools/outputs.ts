/**
 * What a cell shows, gathered from the kernel's messages.
 *
 * @module
 */
import type { DisplayOutput, Output } from "../../lib/notebook/notebook_file.ts";
import type { JsonObject } from "../../lib/types.ts";
import { asObject, type Message } from "./messages.ts";

/** The outputs of a cell. Grows while the cell runs. */
export class Outputs {
  readonly #outputs: Output[] = [];
  /** Display id → places in the list. */
  readonly #places = new Map<string, number[]>();
  #clearsAtNext = false;

  /** Takes a message; those that show nothing change nothing. */
  add({ type, content }: Message): void {
    if (type === "clear_output") {
      if (content.wait === true) this.#clearsAtNext = true;
      else this.#clear();
      return;
    }
    if (type === "update_display_data") {
      for (const place of this.#places.get(displayId(content) ?? "") ?? []) {
        this.#outputs[place] = readDisplay("display", content);
      }
      return;
    }
    const output = readOutput(type, content);
    if (output === null) return;
    if (this.#clearsAtNext) this.#clear();
    this.#append(output);
    const id = displayId(content);
    if (id !== null) this.#places.set(id, [...(this.#places.get(id) ?? []), this.#outputs.length - 1]);
  }

  /** Text goes to the text before it on the same stream. */
  #append(output: Output): void {
    const last = this.#outputs.at(-1);
    if (output.kind === "stream" && last?.kind === "stream" && last.name === output.name) {
      this.#outputs[this.#outputs.length - 1] = { ...last, text: last.text + output.text };
    } else this.#outputs.push(output);
  }

  #clear(): void {
    this.#clearsAtNext = false;
    this.#outputs.length = 0;
    this.#places.clear();
  }

  /** The outputs so far. */
  list(): readonly Output[] {
    return [...this.#outputs];
  }
}

function readOutput(type: string, content: JsonObject): Output | null {
  switch (type) {
    case "stream":
      return {
        kind: "stream",
        name: content.name === "stderr" ? "stderr" : "stdout",
        text: String(content.text ?? ""),
      };
    case "display_data":
      return readDisplay("display", content);
    case "execute_result":
      return readDisplay("result", content);
    case "error":
      return readError(content);
    default:
      return null;
  }
}

function readDisplay(kind: DisplayOutput["kind"], content: JsonObject): DisplayOutput {
  const count = content.execution_count;
  return {
    kind,
    data: asObject(content.data),
    metadata: asObject(content.metadata),
    executionCount: typeof count === "number" ? count : null,
  };
}

/** The error in a message, or in the reply to a request. */
export function readError(content: JsonObject): Output & { readonly kind: "error" } {
  return {
    kind: "error",
    name: String(content.ename ?? "Error"),
    message: String(content.evalue ?? ""),
    traceback: Array.isArray(content.traceback) ? content.traceback.map(String) : [],
  };
}

function displayId(content: JsonObject): string | null {
  const id = asObject(content.transient).display_id;
  return typeof id === "string" ? id : null;
}
