/**
 * What a recipe can say, and the JSON schema by which editors complete it.
 *
 * @module
 */
import type { Json, JsonObject } from "../types.ts";

/** One key. */
export interface RecipeKey {
  readonly type: "text" | "texts" | "choice" | "flag" | "count" | "counts" | "number" | "positive";
  /** Largest value. @default any */
  readonly most?: number;
  readonly choices?: readonly string[];
  readonly description: string;
  /** Where it may stand. @default in `global` and in stages, which win */
  readonly only?: "global";
}

/** Every key, spelled as recipes spell it. */
export const recipeKeys = {
  mode: {
    type: "choice",
    choices: ["dual-round", "multi-turn"],
    description: "What is asked: single requests in rounds, or conversations. Default dual-round.",
    only: "global",
  },
  endpoint: {
    type: "text",
    description: "API of a running server; without one the embedded engine.",
    only: "global",
  },
  model: {
    type: "text",
    description: "Model to ask for; default the first that the server lists.",
    only: "global",
  },
  timeout: {
    type: "positive",
    description: "Longest wait for one answer, in s. Default 300.",
    only: "global",
  },
  output_dir: { type: "text", description: "Where the run goes. Default data/runs.", only: "global" },
  slo_file: { type: "text", description: "Limits in YAML.", only: "global" },
  prometheus_url: { type: "text", description: "A /metrics page, or a Prometheus server.", only: "global" },
  prometheus_metrics: { type: "texts", description: "What to record of it.", only: "global" },
  save_requests: { type: "flag", description: "Keep every request body in payloads.jsonl.", only: "global" },
  lang: {
    type: "choice",
    choices: ["en", "zh"],
    description: "Language of labels. Default en.",
    only: "global",
  },
  seed: { type: "count", description: "Seed of everything random. Default 42.", only: "global" },
  reset_cache_url: { type: "text", description: "Asked by POST to empty the prefix cache.", only: "global" },
  dataset: { type: "text", description: "JSONL or JSON, or demo. Default demo." },
  concurrency_levels: {
    type: "counts",
    description: "Requests in flight, one level after the other. Default 1.",
  },
  num_samples: {
    type: "counts",
    description: "Rows to take, for all levels or one number for each. Default all.",
  },
  rounds: { type: "count", most: 100, description: "How often the same is asked at each level. Default 2." },
  shuffle_round2: {
    type: "flag",
    description: "Ask in another order from the second round on. Default false.",
  },
  max_input_length: { type: "count", description: "Cut longer prompts, in tokens." },
  max_output_tokens: { type: "count", description: "Longest answer." },
  min_output_tokens: { type: "count", description: "Shortest answer, sent as min_tokens." },
  max_context_tokens: {
    type: "count",
    description: "Longest prompt of a conversation; its oldest turns are left out.",
  },
  think_time: { type: "number", description: "From an answer to the next question of a conversation, in s." },
  ignore_eos: {
    type: "flag",
    description: "Answers go on past their end, up to the longest. Default false.",
  },
  temperature: { type: "number", description: "Of sampling. Default 0, always the likeliest token." },
  top_p: { type: "positive", most: 1, description: "Of sampling." },
  reset_cache_between_rounds: {
    type: "flag",
    description: "Empty the prefix cache before later rounds too.",
  },
  reset_cache_between_concurrency: {
    type: "flag",
    description:
      "Empty it before the first round of each level. Default where the engine has a route for it.",
  },
} as const satisfies Readonly<Record<string, RecipeKey>>;

/** What a key's value is. */
export type RecipeValue<Key extends RecipeKey> = {
  text: string;
  texts: readonly string[];
  choice: Key extends { readonly choices: readonly (infer Choice)[] } ? Choice : string;
  flag: boolean;
  count: number;
  counts: readonly number[];
  number: number;
  positive: number;
}[Key["type"]];

/** The JSON schema of a recipe, made of {@linkcode recipeKeys}. */
export function recipeSchema(): JsonObject {
  const keys = Object.entries<RecipeKey>(recipeKeys);
  const propertiesOf = (where: "global" | "stage") =>
    Object.fromEntries(
      keys.filter(([, { only }]) => only === undefined || only === where).map((
        [key, value],
      ) => [key, schemaOf(value)]),
    );
  const engine = {
    type: "object",
    description: "Options of the embedded engine, as in a preset file: cache, gpu, tp, …",
  };
  const stage = {
    type: "object",
    additionalProperties: false,
    properties: {
      name: { type: "string" },
      ...propertiesOf("stage"),
      engine,
      env: { type: "object", description: "Variables of a server; recorded." },
    },
  };
  const stages = { type: "array", minItems: 1, items: stage };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "benchbook recipe",
    type: "object",
    additionalProperties: false,
    properties: {
      global: {
        type: "object",
        additionalProperties: false,
        properties: { ...propertiesOf("global"), engine },
      },
      stages,
      suites: {
        type: "array",
        items: { type: "object", properties: { name: { type: "string" }, stages } },
      },
      mock_server: {
        type: "object",
        description: "Taken from other tools: the embedded engine takes its place.",
      },
      vllm: { type: "object", description: "Taken from other tools: auto_restart must be false." },
    },
  };
}

function schemaOf({ type, choices, most, description }: RecipeKey): Json {
  const upTo: JsonObject = most === undefined ? {} : { maximum: most };
  const count: JsonObject = { type: "integer", minimum: 1, ...upTo };
  switch (type) {
    case "text":
      return { type: "string", description };
    case "texts":
      return { type: "array", items: { type: "string" }, description };
    case "choice":
      return { enum: [...choices ?? []], description };
    case "flag":
      return { type: "boolean", description };
    case "count":
      return { ...count, description };
    case "counts":
      return { type: "array", minItems: 1, items: count, description };
    case "number":
      return { type: "number", minimum: 0, description };
    case "positive":
      return { type: "number", exclusiveMinimum: 0, ...upTo, description };
  }
}
