/**
 * Whether engines serve the same model, asked before anything is measured.
 *
 * @module
 */
import { listModels } from "../../client/mod.ts";
import { UsageError } from "../../errors.ts";
import { isSameModel } from "../../metrics/fairness/mod.ts";
import type { EngineOptions } from "../open_engine.ts";
import { normaliseBaseUrl } from "../target.ts";
import { type EngineChoice, modelOf } from "./engine_choice.ts";

/**
 * Asks servers for their models.
 *
 * @throws {UsageError} When two engines serve different ones.
 * @throws {RunError} When a server cannot be reached.
 */
export async function checkModels(
  engines: readonly EngineChoice[],
  options: Pick<EngineOptions, "apiKey" | "headers">,
): Promise<void> {
  const models: { readonly name: string; readonly model: string }[] = [];
  for (const choice of engines) {
    const model = await findModel(choice, options);
    if (model !== null) models.push({ name: choice.name, model });
  }
  const [first] = models;
  const other = models.find(({ model }) => first !== undefined && !isSameModel(first.model, model));
  if (first === undefined || other === undefined) return;
  throw new UsageError(
    `Cannot compare ${first.name} with ${other.name} as one serves ${first.model} and the other ${other.model}: ` +
      "start both with the same model, or allow it with --allow-different-models",
  );
}

async function findModel(
  choice: EngineChoice,
  { apiKey, headers }: Pick<EngineOptions, "apiKey" | "headers">,
): Promise<string | null> {
  const known = modelOf(choice);
  if (known !== null || choice.kind !== "server") return known;
  const served = await listModels({ baseUrl: normaliseBaseUrl(choice.baseUrl), apiKey, headers });
  return served[0]?.id ?? null;
}
