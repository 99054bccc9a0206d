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
} from "../../plots/mod.ts";
import { make, makeButton } from "./dom.ts";
import { initialPageState, type PageState } from "./state.ts";

/** What the bar shows and changes. */
export interface ControlsOptions {
  readonly cells: readonly CellKey[];
  readonly state: PageState;
  /** What is on the page: controls for figures that are not there are left out. */
  readonly figures: readonly AnyFigure["name"][];
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
  ...["scaling_latency", "frontier", "engine_cdf", "engine_frontier", "engine_scatter"] as const,
];

/** Makes the bar's groups for a state. */
export function makeControls({ cells, state, figures, onChange }: ControlsOptions): Element[] {
  const choose = <Key extends keyof PageState>(key: Key, value: PageState[Key], text: string) =>
    makeButton(text, { pressed: state[key] === value, onClick: () => onChange({ [key]: value }) });
  return [
    ...(figures.some((name) => figuresOfMetric.includes(name))
      ? [makeGroup("Metric", chosenMetrics.map((name) => choose("metric", name, metricLabels[name])))]
      : []),
    makeGroup("Latency axis", [choose("log", true, "log"), choose("log", false, "linear")]),
    ...(figures.includes("latency_cdf") || figures.includes("engine_cdf")
      ? [makeGroup("Distributions", [choose("tail", false, "CDF"), choose("tail", true, "tail")])]
      : []),
    ...(cells.length < 2 ? [] : [makeCellGroup({ cells, state, onChange })]),
    ...(figures.includes("load_over_time") ? [makeTimeGroup({ state, onChange })] : []),
    makeGroup("Colours", [
      choose("theme", null, "auto"),
      choose("theme", "light", "light"),
      choose("theme", "dark", "dark"),
    ]),
  ];
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

function makeCellGroup({ cells, state, onChange }: Omit<ControlsOptions, "figures">): Element {
  const all = cells.map(({ index }) => index);
  const buttons = cells.map(({ index, label, ...cell }) => {
    const button = makeButton(label, {
      className: "cell",
      pressed: state.cells === null || state.cells.includes(index),
      title: `Show or hide ${label}. In a figure, click a label to see that cell alone.`,
      onClick: () => onChange({ cells: toggleCell(state.cells, index, all) }),
    });
    button.prepend(makeSwatch(cell));
    return button;
  });
  const reset = makeButton("all", {
    pressed: state.cells === null,
    onClick: () => onChange({ cells: null }),
  });
  return makeGroup("Cells", [...buttons, reset]);
}

/** A dot as figures draw it: that of a cold cell is hollow. */
function makeSwatch(cell: Pick<CellKey, "level" | "tone">): Element {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("class", "swatch");
  svg.setAttribute("viewBox", "0 0 10 10");
  const circle = document.createElementNS(namespace, "circle");
  const stroke = cellColor(cell);
  const fill = cell.tone === "cold" ? "none" : stroke;
  const attributes = { cx: "5", cy: "5", r: "4.25", fill, stroke, "stroke-width": "1.5" };
  for (const [key, value] of Object.entries(attributes)) {
    circle.setAttribute(key, value);
  }
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
