/**
 * `deno task schema:recipe`: writes the JSON schema of recipes, by which editors complete them.
 *
 * @module
 */
import { recipeSchema } from "../modes/recipe_keys.ts";
import { replaceFile } from "../replace_file.ts";

if (import.meta.main) replaceFile("data/recipe.schema.json", JSON.stringify(recipeSchema(), null, 2) + "\n");
