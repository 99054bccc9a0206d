import assert from "node:assert/strict";

import { countCached } from "../../../lib/simulator/surfaces/answered.ts";

Deno.test("countCached counts what the prompt found at first, and how often it began again", () => {
  const cached = countCached();
  assert.deepEqual([cached.tokens(), cached.retractions()], [0, 0]);
  cached.admitted(5);
  assert.deepEqual([cached.tokens(), cached.retractions()], [5, 0]);
  cached.admitted(90);
  assert.deepEqual([cached.tokens(), cached.retractions()], [5, 1]);
});
