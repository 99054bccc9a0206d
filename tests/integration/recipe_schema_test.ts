import assert from "node:assert/strict";

import { recipeSchema } from "../../lib/modes/recipe_keys.ts";

Deno.test("the schema in data/ is the one that the keys make (deno task schema:recipe writes it)", async () => {
  assert.deepEqual(JSON.parse(await Deno.readTextFile("data/recipe.schema.json")), recipeSchema());
});
