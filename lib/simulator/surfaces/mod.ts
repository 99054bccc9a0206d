/**
 * The surfaces there are, by engine.
 *
 * @module
 */
import type { EnginePreset } from "../engine_presets.ts";
import { miniSglangSurface } from "./mini_sglang.ts";
import { sglangSurface } from "./sglang.ts";
import type { Surface } from "./surface.ts";
import { vllmSurface } from "./vllm.ts";

/** What each engine looks like. */
export const surfaces: Readonly<Record<EnginePreset["name"], Surface>> = {
  "mini-sglang": miniSglangSurface,
  sglang: sglangSurface,
  vllm: vllmSurface,
};
