/**
 * SGLang's serving benchmark: one JSON object a line, appended run after run; per-request lists with `--output-details`.
 *
 * On `/generate` it spreads a chunk's gap evenly over the chunk's tokens. Its request rate is `Infinity` without a rate,
 * which JSON does not have and Python writes all the same.
 *
 * @see https://github.com/sgl-project/sglang/blob/main/python/sglang/bench_serving.py
 * @module
 */
import { fieldsOf, isFields, numberOrNull, settingsOf, textOrNull } from "./documents.ts";
import type { InterchangeForm } from "./interchange.ts";
import { cellOfResult, missingFromLists, readLatencyLists, resultsOf } from "./latency_lists.ts";

const FLAG = "python -m sglang.bench_serving with --output-details";

/** The file of `sglang.bench_serving`. */
export const sglang: InterchangeForm = {
  name: "sglang",
  tool: "python -m sglang.bench_serving --output-file FILE --output-details",
  looksFor:
    'lines of objects with "server_info" or "total_output_tokens_retokenized" beside "completed" and "duration"',
  recognizes: (document) =>
    isFields(document) && "completed" in document && "duration" in document &&
    ("server_info" in document || "total_output_tokens_retokenized" in document),
  read(documents) {
    const results = resultsOf(documents);
    const cells = results.map(({ at, result }) =>
      cellOfResult(result, readLatencyLists(result, { at, flag: FLAG }))
    );
    const first = results[0]?.result ?? {};
    const server = fieldsOf(first["server_info"]);
    const spreads = first["backend"] === "sglang" || first["backend"] === "sglang-native";
    return {
      startedAt: null,
      model: textOrNull(server["served_model_name"]) ?? textOrNull(server["model_path"]),
      engine: textOrNull(first["backend"]),
      engineVersion: textOrNull(server["version"]),
      baseUrl: null,
      seed: numberOrNull(first["seed"]),
      options: settingsOf(first),
      cells,
      missing: [
        ...missingFromLists(cells),
        ...(spreads
          ? ["when the tokens of one chunk came: the tool spreads a chunk's gap evenly over its tokens"]
          : []),
      ],
    };
  },
};
