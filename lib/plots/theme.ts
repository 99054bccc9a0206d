/**
 * Colours of the figures. Each is one CSS value that holds in light and in dark: a page may override the variable, and
 * without one `light-dark()` follows the page's `color-scheme`.
 *
 * @module
 */

/** Colours by meaning. Red is for failures and nothing else. */
export const colors = {
  failure: adaptive("failure", "#c62828", "#ff6f66"),
  /** Text beside the data. */
  muted: adaptive("muted", "#5b6472", "#9aa4b2"),
  /** Reference lines. */
  reference: adaptive("reference", "#8a93a1", "#7d8796"),
  /** Behind text that crosses lines. */
  paper: adaptive("paper", "#ffffff", "#12161c"),
  /** Phases of a request. */
  waiting: adaptive("waiting", "#b9c0ca", "#4b5563"),
  prefill: adaptive("prefill", "#e08a1e", "#f0a63c"),
  decode: adaptive("decode", "#7fb6c9", "#3d7f95"),
} as const;

/**
 * Least load to most: towards more contrast, darker on white and brighter on black. Lightness falls or rises evenly (in
 * OKLCH), so that the order survives a grey printer, and starts where text is still read.
 */
const lightStops = ["#2da083", "#008a8d", "#006e96", "#004d91", "#1a2c7b", "#280f57"];
const darkStops = ["#8072c5", "#5d97de", "#36bbdb", "#57d7c5", "#a4e9a8", "#eff29a"];

/**
 * Colour of an ordered cell.
 *
 * @param level Place from least (0) to most (1) load.
 */
export function loadColor(level: number): string {
  const name = `load-${Math.round(level * 100)}`;
  return adaptive(name, interpolate(lightStops, level), interpolate(darkStops, level));
}

/** What a colour stands for: load alone, or load with a prefix cache that is cold or warm. */
export type Tone = "load" | "cold" | "warm";

/** Grey-blue for a cold cache and orange for a warm one; along each, lightness goes as in {@linkcode loadColor}. */
const toneStops = {
  cold: { light: ["#7a8ea3", "#4d6784", "#1f3a5c"], dark: ["#6d839c", "#9db3c9", "#dbe7f3"] },
  warm: { light: ["#db7b18", "#b85309", "#7d2f02"], dark: ["#c46a1a", "#f0973a", "#ffd39c"] },
};

/**
 * Colour of a cell.
 *
 * @param cell `level` is its place from least (0) to most (1) load.
 */
export function cellColor({ level, tone }: { readonly level: number; readonly tone: Tone }): string {
  if (tone === "load") return loadColor(level);
  const { light, dark } = toneStops[tone];
  return adaptive(`${tone}-${Math.round(level * 100)}`, interpolate(light, level), interpolate(dark, level));
}

/**
 * Engines are categories: neighbours differ in hue and in lightness, also to eyes that do not tell red from green. None is the
 * red of failures.
 */
const engineStops = {
  light: ["#0068a8", "#c25100", "#00805c", "#a83f86", "#6f5b00"],
  dark: ["#5db7ee", "#ff9d55", "#3ccf9f", "#eda3cf", "#e9dc4a"],
};

/**
 * Colour of an engine. After the fifth they come again: shape and dashes tell those apart.
 *
 * @param index Place among the engines compared, from 0.
 */
export function engineColor(index: number): string {
  const place = index % engineStops.light.length;
  return adaptive(`engine-${place}`, engineStops.light[place] ?? "", engineStops.dark[place] ?? "");
}

/** Colours of what a comparison says of an engine; neither is the red of failures. */
export const wordColors = {
  faster: adaptive("faster", "#00707a", "#4fd0d8"),
  slower: adaptive("slower", "#a85400", "#f5a54a"),
  "no difference shown": colors.muted,
} as const;

function adaptive(name: string, light: string, dark: string): string {
  return `var(--benchbook-${name}, light-dark(${light}, ${dark}))`;
}

/** Piecewise linear in sRGB between hex colours. */
function interpolate(stops: readonly string[], level: number): string {
  const position = Math.min(1, Math.max(0, level)) * (stops.length - 1);
  const low = stops[Math.floor(position)] ?? "#000000";
  const high = stops[Math.ceil(position)] ?? low;
  const mix = position % 1;
  const channel = (start: number) => {
    const from = parseInt(low.slice(start, start + 2), 16);
    const to = parseInt(high.slice(start, start + 2), 16);
    return Math.round(from + (to - from) * mix).toString(16).padStart(2, "0");
  };
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}
