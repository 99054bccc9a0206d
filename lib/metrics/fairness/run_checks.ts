/**
 * Checks of what was set up: model, prompts, options, machines, the state of the cache.
 *
 * @module
 */
import type { RunManifest } from "../../types.ts";
import { type FairnessCheck, type FairPair, type FairSide, type Finding, namesOf } from "./finding.ts";
import { isSameModel } from "./same_model.ts";

/** Values of all runs of a side, each once, in words. */
function valuesOf({ manifests }: FairSide, of: (manifest: RunManifest) => unknown): string[] {
  return [...new Set(manifests.map((manifest) => spell(of(manifest))))];
}

function spell(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "none";
}

/** Whether all runs of both sides have one value. */
function isShared(pair: FairPair, of: (manifest: RunManifest) => unknown): boolean {
  return new Set([...valuesOf(pair.a, of), ...valuesOf(pair.b, of)]).size < 2;
}

/** "1.2 on mini-sglang, 1.3 on sglang" */
function eachSide(pair: FairPair, of: (manifest: RunManifest) => unknown): string {
  const names = namesOf(pair);
  return (["a", "b"] as const).map((side) => `${valuesOf(pair[side], of).join(" and ")} on ${names[side]}`)
    .join(", ");
}

/** What an imported run has for a model that its file does not name. */
const UNKNOWN_MODEL = "unknown";

function isImported(pair: FairPair): boolean {
  return [...pair.a.manifests, ...pair.b.manifests].some(({ imported }) => imported !== undefined);
}

const model: FairnessCheck = {
  name: "model",
  question: "Do both serve the same model?",
  find(pair) {
    const of = (manifest: RunManifest) => manifest.model;
    if (isShared(pair, of)) {
      return pair.a.manifests[0]?.model === UNKNOWN_MODEL
        ? { status: "unknown", evidence: "No run says which model was served." }
        : { status: "ok", evidence: `Both serve ${pair.a.manifests[0]?.model}.` };
    }
    const all = [...pair.a.manifests, ...pair.b.manifests].map(of);
    const isOne = all.every((one) => isSameModel(one, all[0] ?? one));
    return {
      status: isOne ? "warning" : "error",
      evidence: `${eachSide(pair, of)}${isOne ? ": names alike, weights unseen." : ": other models."}`,
    };
  },
};

const prompts: FairnessCheck = {
  name: "prompts",
  question: "Were the prompts the same?",
  find(pair) {
    if (
      pair.cells.some(({ a, b }) => promptHash(a.run.manifest) === "" || promptHash(b.run.manifest) === "")
    ) {
      return { status: "unknown", evidence: "The SHA-256 of the prompts is not known of every run." };
    }
    const different = pair.cells.filter(({ a, b }) =>
      promptHash(a.run.manifest) !== promptHash(b.run.manifest)
    );
    // A run that was resumed holds fewer loads, and its hash covers no others.
    const comparable = pair.cells.filter(({ a, b }) =>
      cellLabels(a.run.manifest) === cellLabels(b.run.manifest)
    );
    const wrong = different.filter((cell) => comparable.includes(cell));
    const [first] = wrong;
    if (first !== undefined) {
      return {
        status: "error",
        evidence:
          `SHA-256 of the prompts differs in ${wrong.length} of ${pair.cells.length} cells, first at ${first.load}, repeat ${first.a.repeat}.`,
      };
    }
    if (comparable.length < pair.cells.length) {
      return {
        status: "unknown",
        evidence:
          `The same SHA-256 in ${comparable.length} of ${pair.cells.length} cells; the runs of the others had different lists of loads, of which there is one sum.`,
      };
    }
    return { status: "ok", evidence: "The same SHA-256 in every cell." };
  },
};

function promptHash({ workload }: RunManifest): string {
  return workload.prompts.sha256;
}

function cellLabels({ cells }: RunManifest): string {
  return JSON.stringify(cells.map(({ parameters }) => parameters));
}

const requestOptions: FairnessCheck = {
  name: "request-options",
  question: "Was the same asked: sampling, end-of-sequence policy, extra fields?",
  find(pair) {
    const of = ({ options: { extraBody, sampling, ignoreEos } }: RunManifest) => ({
      extraBody,
      sampling,
      ignoreEos,
    });
    if (!isShared(pair, of)) return { status: "error", evidence: `${eachSide(pair, of)}.` };
    return isImported(pair)
      ? { status: "unknown", evidence: "Another tool measured and does not say what stood in the requests." }
      : { status: "ok", evidence: "One client, one mode, the same fields in every request." };
  },
};

const limits: FairnessCheck = {
  name: "limits",
  question: "Were both held to the same limits?",
  find(pair) {
    const of = ({ options: { slo } }: RunManifest) => slo ?? null;
    if (!isShared(pair, of)) {
      return {
        status: "error",
        evidence: "The runs were judged by different limits, so goodput says nothing.",
      };
    }
    return {
      status: "ok",
      evidence: pair.a.manifests.every((one) => of(one) === null) ? "Neither had any." : "The same on both.",
    };
  },
};

const warmUp: FairnessCheck = {
  name: "warm-up",
  question: "Were both warmed up alike?",
  find(pair) {
    const of = ({ options: { warmup } }: RunManifest) => warmup ?? null;
    if (!isShared(pair, of)) return { status: "error", evidence: `Warm-up requests: ${eachSide(pair, of)}.` };
    const count = pair.a.manifests.map(of)[0] ?? null;
    if (count === null) return { status: "unknown", evidence: "No run says how it was warmed up." };
    return count === 0
      ? {
        status: "warning",
        evidence: "No warm-up: the first requests pay for connections and compiled kernels.",
      }
      : { status: "ok", evidence: `${count} requests before every run, on both.` };
  },
};

const cacheState: FairnessCheck = {
  name: "cache-state",
  question: "Did both begin with an empty prefix cache?",
  find(pair) {
    const names = namesOf(pair);
    const stateOf = (side: "a" | "b") => {
      const kind = pair[side].engine.kind;
      const cells = pair.cells.map((cell) => cell[side]);
      // Later rounds are meant to find what the first left.
      const cold = cells.filter(({ cell }) => (cell.parameters.round ?? 1) === 1);
      if (cold.every(({ cell }) => cell.cacheReset?.done === true)) return "was emptied before every load";
      const hasOwnTexts = pair[side].manifests.every(({ workload }) => workload.dataset === undefined);
      // An engine that is new for every run meets a dataset again at the run's second load.
      const isAskedOnce = pair[side].manifests.every(({ cells }) =>
        cells.filter(({ parameters }) => (parameters.round ?? 1) === 1).length < 2
      );
      const isNew = kind === "simulated" ||
        (kind === "launched" && cold.every(({ cell }) => !cell.cacheReset));
      if (isNew && hasOwnTexts) return "was new in every repeat, with texts of its own at every load";
      if (isNew && isAskedOnce) return "was new in every repeat, and asked at one load";
      if (cold.some(({ cell }) => cell.cacheReset?.done === false)) return "could not be emptied";
      if (kind === "measured") return "was not emptied before every load";
      return "has no way to be emptied";
    };
    const [a, b] = [stateOf("a"), stateOf("b")];
    const evidence = `The cache of ${names.a} ${a}, that of ${names.b} ${b}.`;
    const isCold = (state: string) => /^was (new|emptied)/.test(state);
    if (isCold(a) && isCold(b)) return { status: "ok", evidence };
    const hasOwnTexts = pair.a.manifests[0]?.workload.dataset === undefined;
    return hasOwnTexts
      ? {
        status: "warning",
        evidence:
          `${evidence} Texts differ from load to load and repeat to repeat; a run of the same seed before this one may have left them there.`,
      }
      : {
        status: "error",
        evidence:
          `${evidence} All repeats ask the same dataset, so one of them answers from what it was asked before.`,
      };
  },
};

const hardware: FairnessCheck = {
  name: "hardware",
  question: "Did both run on the same hardware, with as many GPUs?",
  find(pair) {
    const names = namesOf(pair);
    const machineOf = ({ engine, manifests }: FairSide) => {
      const details = manifests[0]?.engine.details;
      if (engine.info?.simulated === true && details?.gpu !== undefined) {
        return `${details.gpu} × ${details.tp}`;
      }
      return null;
    };
    if (pair.a.engine.kind === "launched" && pair.b.engine.kind === "launched") return launchedMachines(pair);
    const [a, b] = [machineOf(pair.a), machineOf(pair.b)];
    if (a === null || b === null) {
      return {
        status: "unknown",
        evidence: "A server does not say which hardware it runs on: state it beside the result.",
      };
    }
    return a === b
      ? { status: "ok", evidence: `Both on ${a}, simulated.` }
      : { status: "error", evidence: `${names.a} on ${a}, ${names.b} on ${b}, simulated.` };
  },
};

/** Both were started by this program on its machine; their commands say how many GPUs they take. */
function launchedMachines(pair: FairPair): Omit<Finding, "check" | "question"> {
  const names = namesOf(pair);
  const gpusOf = ({ engine }: FairSide) => typeof engine.options.tp === "number" ? engine.options.tp : null;
  const [a, b] = [gpusOf(pair.a), gpusOf(pair.b)];
  if (a === null || b === null) {
    return {
      status: "unknown",
      evidence: "Both were started on this machine; how many GPUs each of them takes is not said.",
    };
  }
  return a === b
    ? { status: "ok", evidence: `Both were started on this machine, each with a tensor parallelism of ${a}.` }
    : {
      status: "error",
      evidence:
        `Both were started on this machine, ${names.a} with a tensor parallelism of ${a}, ${names.b} with ${b}.`,
    };
}

const kind: FairnessCheck = {
  name: "measured-alike",
  question: "Were both measured, or both simulated, on the same clock?",
  find(pair) {
    const of = ({ clock, engine }: RunManifest) =>
      `${engine.simulated ? "simulated" : "measured"}, ${clock} clock`;
    return isShared(pair, of)
      ? { status: "ok", evidence: `Both ${valuesOf(pair.a, of)[0]}.` }
      : { status: "error", evidence: `${eachSide(pair, of)}.` };
  },
};

const client: FairnessCheck = {
  name: "client",
  question: "Did the same client, on the same machine, ask both?",
  find(pair) {
    const forms = ({ imported }: RunManifest) => imported?.form ?? "benchbook";
    if (!isShared(pair, forms)) {
      return {
        status: "error",
        evidence: `Measured by other tools, whose clocks start and stop at other instants: ${
          eachSide(pair, forms)
        }.`,
      };
    }
    const machine = ({ environment: { hostname, cpuModel } }: RunManifest) => [hostname, cpuModel];
    const software = (
      { environment: { benchbook, deno, gitCommit }, transport }: RunManifest,
    ) => [benchbook, deno, gitCommit ?? null, transport];
    if (!isShared(pair, machine)) {
      return { status: "error", evidence: `Other machines: ${eachSide(pair, machine)}.` };
    }
    if (!isShared(pair, software)) {
      return {
        status: "warning",
        evidence: `Other versions (benchbook, runtime, commit, transport): ${eachSide(pair, software)}.`,
      };
    }
    return pair.a.manifests.some(({ environment }) => environment.hostname === null)
      ? { status: "unknown", evidence: "No run says on which machine the client was." }
      : { status: "ok", evidence: "One machine, one version of everything on it." };
  },
};

const versions: FairnessCheck = {
  name: "engine-version",
  question: "Is it known which versions were compared?",
  find(pair) {
    const names = namesOf(pair);
    const isSimulated = ({ engine: { info } }: FairSide) => info?.simulated === true;
    if (isSimulated(pair.a) && isSimulated(pair.b)) {
      return { status: "ok", evidence: "Both are simulated by benchbook." };
    }
    const of = ({ engine: { version } }: RunManifest) => version ?? null;
    for (const side of ["a", "b"] as const) {
      if (valuesOf(pair[side], of).length > 1) {
        return {
          status: "error",
          evidence: `${names[side]} changed its version meanwhile: ${valuesOf(pair[side], of).join(", ")}.`,
        };
      }
    }
    const unknown = (["a", "b"] as const).filter((side) =>
      pair[side].manifests.some((one) => of(one) === null)
    );
    return unknown.length === 0 ? { status: "ok", evidence: `${eachSide(pair, of)}.` } : {
      status: "unknown",
      evidence: `${unknown.map((side) => names[side]).join(" and ")} ${
        unknown.length === 1 ? "does" : "do"
      } not say its version: state it beside the result.`,
    };
  },
};

/** Checks of runs, in the order of tables. */
export const runChecks: readonly FairnessCheck[] = [
  model,
  prompts,
  requestOptions,
  limits,
  cacheState,
  warmUp,
  kind,
  hardware,
  client,
  versions,
];
