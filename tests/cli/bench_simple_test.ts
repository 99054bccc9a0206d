import assert from "node:assert/strict";

import { main } from "../../lib/cli/bench_simple.ts";
import { UsageError } from "../../lib/errors.ts";

Deno.test("bench:simple refuses a fixed length together with the range it would be drawn from", async () => {
  const cases = [
    ["--input-length", "--max-input"],
    ["--output-length", "--min-output"],
    ["--output-length", "--max-output"],
  ];
  for (const [fixed = "", range = ""] of cases) {
    await assert.rejects(main([fixed, "20", range, "20"]), (error) => {
      assert.ok(error instanceof UsageError);
      assert.equal(
        error.message,
        `Cannot use ${fixed} and ${range} together: the first gives every request the same length`,
      );
      return true;
    });
  }
});

Deno.test("bench:simple refuses --virtual-time for a server, and two addresses", async () => {
  const url = "http://127.0.0.1:1/v1";
  await assert.rejects(
    main(["--virtual-time", "--base-url", url]),
    /Cannot use --virtual-time with --base-url/,
  );
  await assert.rejects(main(["--endpoint", url, "--base-url", url]), /together: they are the same/);
});
