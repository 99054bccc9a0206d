/**
 * The bar that stays in sight: metric, axis, view, cells, time.
 *
 * @module
 */
import {
  type AnyFigure,
  cellColor,
  type CellKey,
  type ChosenMetric,
  chosenMetrics,
  engineColor,
  percentiles,
} from "../../plots/mod.ts";
import { make, makeButton } from "./dom.ts";
import { initialPageState, type PageState } from "./state.ts";

/** What the bar shows and changes. */
export interface ControlsOptions {
  readonly cells: readonly CellKey[];
  readonly state: PageState;
  /** What is on the page: controls for figures that are not there are left out. */
  readonly figures: readonly AnyFigure[];
  onChange(change: Partial<PageState>): void;
}

const metricLabels: Readonly<Record<ChosenMetric, string>> = {
  ttft: "TTFT",
  tpot: "TPOT",
  itl: "ITL",
  e2e: "E2E",
};

/** Figures that show the metric chosen. */
const figuresOfMetric: readonly AnyFigure["name"][] = [
  ...["scaling_latency", "throughput_latency", "frontier"] as const,
  ...["engine_cdf", "engine_frontier", "engine_scatter"] as const,
];

/** Figures with a latency axis. */
const figuresOfLatency: readonly AnyFigure["name"][] = [
  ...figuresOfMetric,
  ...["cache_delta", "itl_heatmap", "latency_cdf", "per_request", "turns"] as const,
];

/** Makes the bar's groups for a state. */
export function makeControls({ cells, state, figures, onChange }: ControlsOptions): Element[] {
  const has = (...names: readonly AnyFigure["name"][]) => figures.some(({ name }) => names.includes(name));
  const choose = makeChooser({ state, onChange });
  const engines = enginesOf(figures);
  return [
    ...(has(...figuresOfMetric)
      ? [makeGroup("Metric", chosenMetrics.map((name) => choose("metric", name, metricLabels[name])))]
      : []),
    ...(has("scaling_latency")
      ? [makeGroup("Percentile", percentiles.map((name) => choose("percentile", name, name)))]
      : []),
    ...(has(...figuresOfLatency)
      ? [makeGroup("Latency axis", [choose("log", true, "log"), choose("log", false, "linear")])]
      : []),
    ...(has("latency_cdf", "engine_cdf")
      ? [makeGroup("Distributions", [choose("tail", false, "CDF"), choose("tail", true, "tail")])]
      : []),
    ...(has("load_over_time") ? [makeTimeGroup({ state, onChange })] : []),
    ...(engines.length === 0 ? [] : [makeEngineGroup(engines, { state, onChange })]),
    ...(cells.length < 2 ? [] : [makeCellGroup({ cells, state, onChange, label: nameCells(figures) })]),
  ];
}

/** Makes the choice of light and dark. */
export function makeColours(options: Pick<ControlsOptions, "state" | "onChange">): Element {
  const choose = makeChooser(options);
  return makeGroup("Colours", [
    choose("theme", null, "auto"),
    choose("theme", "light", "light"),
    choose("theme", "dark", "dark"),
  ]);
}

function makeChooser({ state, onChange }: Pick<ControlsOptions, "state" | "onChange">) {
  return <Key extends keyof PageState>(key: Key, value: PageState[Key], text: string) =>
    makeButton(text, { pressed: state[key] === value, onClick: () => onChange({ [key]: value }) });
}

/** What can be shown and hidden goes by another name on other pages. */
export function nameCells(figures: readonly Pick<AnyFigure, "name">[]): "Cells" | "Loads" | "Configurations" {
  if (figures.some(({ name }) => name.startsWith("engine_"))) return "Loads";
  return figures.some(({ name }) => name === "frontier") ? "Configurations" : "Cells";
}

interface Engine {
  readonly index: number;
  readonly name: string;
}

/** The engines of a comparison. */
function enginesOf(figures: readonly AnyFigure[]): readonly Engine[] {
  const figure = figures.find((one) => one.name === "engine_cdf");
  return figure?.data.engines ?? [];
}

function makeEngineGroup(
  engines: readonly Engine[],
  { state, onChange }: Pick<ControlsOptions, "state" | "onChange">,
): Element {
  const buttons = engines.map(({ index, name }) => {
    const isChosen = state.engine === index;
    const button = makeButton(name, {
      pressed: isChosen,
      className: "engine",
      title: "Brings the engine forward in every figure.",
      onClick: () => onChange({ engine: isChosen ? null : index }),
    });
    button.dataset.engine = String(index);
    const colour = engineColor(index);
    button.prepend(makeDot({ fill: colour, stroke: colour }));
    return button;
  });
  return makeGroup("Engines", buttons);
}

/**
 * The cells shown after one was switched on or off. Switching off the last one shows all again.
 *
 * @param shown Indices shown now; `null` means all.
 * @param all Indices in the run.
 */
export function toggleCell(
  shown: readonly number[] | null,
  index: number,
  all: readonly number[],
): readonly number[] | null {
  const before = shown ?? all;
  const after = all.filter((other) => (other === index) !== before.includes(other));
  return after.length === 0 || after.length === all.length ? null : after;
}

function makeCellGroup(
  { cells, state, onChange, label }: Omit<ControlsOptions, "figures"> & { readonly label: string },
): Element {
  const all = cells.map(({ index }) => index);
  const buttons = cells.map((cell) => {
    const { index } = cell;
    const isShown = state.cells === null || state.cells.includes(index);
    const button = makeButton(cell.label, {
      pressed: isShown,
      className: "cell",
      title: `${isShown ? "Hides" : "Shows"} ${cell.label}. In a figure, click a label to see it alone.`,
      onClick: () => onChange({ cells: toggleCell(state.cells, index, all) }),
    });
    button.dataset.cell = String(index);
    const stroke = cellColor(cell);
    button.prepend(makeDot({ fill: cell.tone === "cold" ? "none" : stroke, stroke }));
    return button;
  });
  const reset = makeButton("all", {
    pressed: state.cells === null,
    onClick: () => onChange({ cells: null }),
  });
  return makeGroup(label, [...buttons, reset]);
}

/** A dot as figures draw it: that of a cold cell is hollow. */
function makeDot({ fill, stroke }: { readonly fill: string; readonly stroke: string }): Element {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  const circle = document.createElementNS(namespace, "circle");
  const box = { class: "swatch", viewBox: "0 0 10 10", "aria-hidden": "true" };
  for (const [key, value] of Object.entries(box)) svg.setAttribute(key, value);
  const shape = { cx: "5", cy: "5", r: "4.25", fill, stroke, "stroke-width": "1.5" };
  for (const [key, value] of Object.entries(shape)) circle.setAttribute(key, value);
  svg.append(circle);
  return svg;
}

function makeTimeGroup({ state, onChange }: Pick<ControlsOptions, "state" | "onChange">): Element {
  const [from, to] = state.domainS ?? [undefined, undefined];
  const fromInput = makeSecondsInput("from", from);
  const toInput = makeSecondsInput("to", to);
  const apply = () => {
    const [start, end] = [fromInput.valueAsNumber || 0, toInput.valueAsNumber];
    if (end > start) onChange({ domainS: [start, end] });
  };
  fromInput.addEventListener("change", apply);
  toInput.addEventListener("change", apply);
  const reset = state.domainS === null ? [] : [
    makeButton("all", { onClick: () => onChange({ domainS: initialPageState.domainS }) }),
  ];
  return makeGroup("Time (s)", [fromInput, toInput, ...reset]);
}

function makeSecondsInput(name: string, value: number | undefined): HTMLInputElement {
  return make("input", {
    type: "number",
    min: "0",
    step: "any",
    placeholder: name,
    "aria-label": `Time axis ${name}, in seconds`,
    value: value?.toString(),
  });
}

function makeGroup(label: string, children: readonly Element[]): Element {
  return make(
    "div",
    { role: "group", "aria-label": label },
    make("span", { "aria-hidden": "true" }, label),
    ...children,
  );
}
