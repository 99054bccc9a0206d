/**
 * Checks of what happened, request by request: lengths, instants, failures, the client itself.
 *
 * @module
 */
import type { RequestPoint } from "../digest.ts";
import { quantileSorted } from "../quantile.ts";
import { SEND_LAG_LIMIT_MS } from "../send_lag.ts";
import { failedTooOften } from "../verdict.ts";
import { type FairCell, type FairnessCheck, type FairPair, namesOf } from "./finding.ts";

/** The same request on both. */
interface PointPair {
  readonly cell: FairCell;
  readonly a: RequestPoint;
  readonly b: RequestPoint;
}

/** Requests that both were sent, with how many only one was. */
function pairPoints(pair: FairPair): { readonly pairs: PointPair[]; readonly alone: number } {
  const pairs: PointPair[] = [];
  let alone = 0;
  for (const cell of pair.cells) {
    const others = new Map(Iterator.from(cell.b.digest.points()).map((point) => [point.id, point]));
    for (const a of cell.a.digest.points()) {
      const b = others.get(a.id);
      others.delete(a.id);
      if (b === undefined) alone++;
      else pairs.push({ cell, a, b });
    }
    alone += others.size;
  }
  return { pairs, alone };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.001 && share > 0 ? 3 : 1)} %`;
}

const complete: FairnessCheck = {
  name: "complete",
  question: "Was every engine asked at every load, as often as the other?",
  find(pair) {
    const { loads, repeats } = pair.planned;
    const planned = loads * repeats;
    if (pair.cells.length < planned) {
      return {
        status: "error",
        evidence: `${pair.cells.length} of ${planned} cells were measured whole on both.`,
      };
    }
    if (pair.a.engine.kind === "measured") {
      return {
        status: "warning",
        evidence:
          `${planned} of ${planned} cells, measured one run after the other, not in turn: whatever changed on the machine between them is in the difference.`,
      };
    }
    return repeats < 3
      ? {
        status: "warning",
        evidence: `${planned} of ${planned} cells, but ${
          repeats === 1 ? "one repeat does" : "two repeats hardly"
        } not tell how much a run differs from the next of the same engine: --repeat 3.`
          .replace("hardly not tell", "hardly tell"),
      }
      : { status: "ok", evidence: `${planned} of ${planned} cells, ${repeats} repeats each, interleaved.` };
  },
};

const schedule: FairnessCheck = {
  name: "schedule",
  question: "Were the same requests sent at the same instants?",
  find(pair) {
    const { pairs, alone } = pairPoints(pair);
    if (alone > 0) {
      return { status: "error", evidence: `${alone} requests were sent to one of them only.` };
    }
    const offered = pair.cells.find(({ a, b }) =>
      a.cell.offeredRequestsPerS !== b.cell.offeredRequestsPerS || a.cell.schedule !== b.cell.schedule
    );
    if (offered !== undefined) {
      return {
        status: "error",
        evidence:
          `At ${offered.load} one was offered ${offered.a.cell.offeredRequestsPerS} requests/s and the other ${offered.b.cell.offeredRequestsPerS}.`,
      };
    }
    if (pair.cells.some(({ a, b }) => !a.digest.hasOneClock || !b.digest.hasOneClock)) {
      return {
        status: "unknown",
        evidence: `The same ${pairs.length} requests; when each was sent is not known of every run.`,
      };
    }
    const open = pairs.filter(({ cell }) => cell.a.cell.schedule === "open");
    if (open.length === 0) {
      return {
        status: "ok",
        evidence: `The same ${pairs.length} requests; in closed loop each engine's own pace decides when.`,
      };
    }
    const apart = Float64Array.from(
      open,
      ({ cell, a, b }) =>
        Math.abs(a.sentMs - (cell.a.cell.startMs ?? 0) - (b.sentMs - (cell.b.cell.startMs ?? 0))),
    ).sort();
    const p99Ms = quantileSorted(apart, 0.99);
    return {
      status: p99Ms <= SEND_LAG_LIMIT_MS ? "ok" : "error",
      evidence: `The same ${open.length} requests, sent within ${p99Ms.toFixed(2)} ms of each other (p99).`,
    };
  },
};

/** Answers that differ in length by more than this, all together, cost other work. */
const OUTPUT_LIMIT_RATIO = 0.01;

const inputLengths: FairnessCheck = {
  name: "input-lengths",
  question: "Did both servers count the same prompt tokens?",
  find(pair) {
    const names = namesOf(pair);
    const { pairs } = pairPoints(pair);
    const counted = pairs.filter(({ a, b }) =>
      a.outcome === "ok" && b.outcome === "ok" && a.isCounted && b.isCounted
    );
    if ([...pair.a.manifests, ...pair.b.manifests].some(({ imported }) => imported !== undefined)) {
      return {
        status: "unknown",
        evidence: "The lengths are those of the tools that measured, not the servers'.",
      };
    }
    if (counted.length === 0) {
      const byEngine = countByEngines(pair);
      if (byEngine !== null) return byEngine;
      const silent = (["a", "b"] as const).filter((side) => !pairs.some((one) => one[side].isCounted));
      return {
        status: "unknown",
        evidence: silent.length === 0
          ? "No request succeeded on both."
          : `${silent.map((side) => names[side]).join(" and ")} ${
            silent.length === 1 ? "reports" : "report"
          } no usage.`,
      };
    }
    const different = counted.filter(({ a, b }) => a.inputTokens !== b.inputTokens);
    const most = different.reduce(
      (max, { a, b }) => Math.max(max, Math.abs(a.inputTokens - b.inputTokens)),
      0,
    );
    return different.length === 0
      ? { status: "ok", evidence: `The same count for ${counted.length} of ${counted.length} requests.` }
      : {
        status: "error",
        evidence:
          `Other counts for ${different.length} of ${counted.length} requests, by up to ${most} tokens: another tokenizer or chat template.`,
      };
  },
};

/** What simulated engines counted themselves, all prompts of a cell together; `null` where another engine was asked. */
function countByEngines(pair: FairPair): ReturnType<FairnessCheck["find"]> | null {
  const counts = pair.cells.map((
    { a, b },
  ) => [a.cell.engineCache?.promptTokens, b.cell.engineCache?.promptTokens]);
  if (counts.some(([a, b]) => a === undefined || b === undefined)) return null;
  const different = counts.filter(([a, b]) => a !== b).length;
  const how = "no usage on the wire; by the simulated engines' own counts of all prompts together";
  return different === 0
    ? { status: "ok", evidence: `The same count in ${counts.length} of ${counts.length} cells (${how}).` }
    : { status: "error", evidence: `Other counts in ${different} of ${counts.length} cells (${how}).` };
}

const outputLengths: FairnessCheck = {
  name: "output-lengths",
  question: "Did both give answers of the same length?",
  find(pair) {
    const names = namesOf(pair);
    const both = pairPoints(pair).pairs.filter(({ a, b }) => a.outcome === "ok" && b.outcome === "ok");
    if (both.length === 0) return { status: "error", evidence: "No request succeeded on both." };
    const different = both.filter(({ a, b }) => a.outputTokens !== b.outputTokens).length;
    const [a, b] = (["a", "b"] as const).map((side) =>
      both.reduce((sum, one) => sum + one[side].outputTokens, 0)
    ) as [number, number];
    if (different === 0) {
      return {
        status: "ok",
        evidence: `The same length for ${both.length} of ${both.length} answers, ${a} tokens.`,
      };
    }
    const apart = Math.abs(a - b) / Math.max(a, b, 1);
    const evidence =
      `${different} of ${both.length} answers differ in length; ${names.a} gave ${a} tokens, ${names.b} ${b} (${
        percent(apart)
      } apart).`;
    return { status: apart > OUTPUT_LIMIT_RATIO ? "error" : "warning", evidence };
  },
};

const cacheUse: FairnessCheck = {
  name: "cache-use",
  question: "Did the prefix cache bring both as much?",
  find(pair) {
    const names = namesOf(pair);
    const shareOf = (side: "a" | "b") => {
      const shares = pair.cells.map((cell) => cell[side].summary.cachedShare).filter((share) =>
        share !== null
      );
      return shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length;
    };
    const [a, b] = [shareOf("a"), shareOf("b")];
    const say = (share: number | null) =>
      share === null ? "does not say" : `had ${percent(share)} of the prompt tokens cached`;
    const evidence = `${names.a} ${say(a)}, ${names.b} ${say(b)}.`;
    if (a === null || b === null) return { status: "unknown", evidence };
    return Math.abs(a - b) <= CACHE_LIMIT_SHARE
      ? { status: "ok", evidence }
      : { status: "warning", evidence: `${evidence} Part of the difference is the cache.` };
  },
};

const CACHE_LIMIT_SHARE = 0.02;

const failures: FairnessCheck = {
  name: "failures",
  question: "Did requests fail?",
  find(pair) {
    const names = namesOf(pair);
    const counts = (["a", "b"] as const).map((side) => ({
      name: names[side],
      failed: pair.cells.reduce((sum, cell) => sum + cell[side].summary.requests.failed, 0),
      offered: pair.cells.reduce((sum, cell) => sum + cell[side].summary.requests.offered, 0),
      worst: pair.cells.find((cell) => failedTooOften(cell[side].summary.requests)),
    }));
    const evidence = `${
      counts.map(({ name, failed, offered }) => `${failed} of ${offered} on ${name}`).join(", ")
    }.`;
    const worst = counts.find(({ worst }) => worst !== undefined);
    if (worst !== undefined) {
      return {
        status: "error",
        evidence:
          `${evidence} What failed is not in the latencies: ${worst.name} at ${worst.worst?.load} would look better than it is.`,
      };
    }
    return { status: counts.every(({ failed }) => failed === 0) ? "ok" : "warning", evidence };
  },
};

const valid: FairnessCheck = {
  name: "client-verdict",
  question: "Was every cell a valid measurement?",
  find(pair) {
    const names = namesOf(pair);
    const bad = pair.cells.flatMap((cell) =>
      (["a", "b"] as const).flatMap((side) => {
        const { verdict } = cell[side].summary;
        return verdict.valid
          ? []
          : [{ name: names[side], load: cell.load, repeat: cell[side].repeat, verdict }];
      })
    );
    const [first] = bad;
    return first === undefined
      ? { status: "ok", evidence: `${2 * pair.cells.length} of ${2 * pair.cells.length} cells are valid.` }
      : {
        status: "error",
        evidence: `${bad.length} of ${
          2 * pair.cells.length
        } cells are not valid, first ${first.name} at ${first.load}, repeat ${first.repeat}: ${
          first.verdict.reasons.join("; ")
        }.`,
      };
  },
};

const connections: FairnessCheck = {
  name: "connections",
  question: "Did both get as many fresh connections?",
  find(pair) {
    const names = namesOf(pair);
    const shareOf = (side: "a" | "b") => {
      const known = pair.cells.reduce((sum, cell) => sum + cell[side].digest.connections.known, 0);
      const fresh = pair.cells.reduce((sum, cell) => sum + cell[side].digest.connections.fresh, 0);
      return known === 0 ? null : fresh / known;
    };
    const [a, b] = [shareOf("a"), shareOf("b")];
    if (a === null || b === null) return { status: "unknown", evidence: "The transport does not say." };
    const evidence = `${percent(a)} of the requests to ${names.a} opened one, ${
      percent(b)
    } of those to ${names.b}.`;
    return { status: Math.abs(a - b) <= CONNECTION_LIMIT_SHARE ? "ok" : "warning", evidence };
  },
};

const CONNECTION_LIMIT_SHARE = 0.2;

/** Checks of requests, in the order of tables. */
export const requestChecks: readonly FairnessCheck[] = [
  complete,
  schedule,
  inputLengths,
  outputLengths,
  cacheUse,
  failures,
  valid,
  connections,
];
