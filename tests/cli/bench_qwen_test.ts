import assert from "node:assert/strict";

import { main } from "../../lib/cli/bench_qwen.ts";
import { UsageError } from "../../lib/errors.ts";

Deno.test("bench:qwen refuses --virtual-time for a server, by either spelling of its address", async () => {
  for (const flag of ["--base-url", "--endpoint"]) {
    await assert.rejects(main(["--virtual-time", flag, "http://127.0.0.1:1/v1"]), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /Cannot use --virtual-time with --base-url/);
      return true;
    });
  }
});
