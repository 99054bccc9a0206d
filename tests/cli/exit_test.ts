import assert from "node:assert/strict";
import { CommanderError } from "@commander-js/extra-typings";

import { exitCodeOf } from "../../lib/cli/exit.ts";
import { RunError, UsageError } from "../../lib/errors.ts";

Deno.test("exitCodeOf(): 0 for help, 1 for a failed run and the unforeseen, 2 for wrong usage", () => {
  const table: [unknown, number, RegExp][] = [
    [new CommanderError(0, "commander.helpDisplayed", "help"), 0, /^$/],
    [new CommanderError(1, "commander.unknownOption", "unknown"), 2, /^$/], // commander has said it
    [new UsageError("no such file"), 2, /^error: no such file$/],
    [new SyntaxError("a.jsonl:3: not JSON"), 2, /^error: a\.jsonl:3: not JSON$/],
    [new RunError("nobody listens"), 1, /^error: nobody listens$/],
    [new TypeError("x is undefined"), 1, /unexpected.*x is undefined/],
  ];
  for (const [error, code, said] of table) {
    const lines: string[] = [];
    assert.equal(exitCodeOf(error, (line) => lines.push(line)), code);
    assert.match(lines.join("\n"), said);
  }
});
