/**
 * Starting an engine, and stopping it on every path.
 *
 * @module
 */
import { openTransport } from "../../client/mod.ts";
import { realClock } from "../../clock.ts";
import { RunError, UsageError } from "../../errors.ts";
import { type About, askAbout } from "../ask_about.ts";
import { type LaunchPlan, planLaunch, type PlanLaunchOptions } from "../plan_launch.ts";
import type { EngineProfile } from "../profile.ts";
import { maskCommand, maskText, secretsOf, showCommand } from "../shown_command.ts";
import { makeLog, readTail } from "./log_file.ts";
import { becomesFree, isPortFree, reachableHost } from "./port.ts";
import { type CommandEnd, type ProcessGroup, startGroup } from "./process_group.ts";
import { waitReady } from "./wait_ready.ts";

/** What to start, and what to do meanwhile. */
export interface LaunchOptions extends PlanLaunchOptions {
  /** Where standard output and standard error go; what was there is lost. */
  readonly logPath: string;
  /** Of a server that wants one; goes into questions, not into the command. @default none */
  readonly apiKey?: string;
  /** From SIGTERM to SIGKILL, in ms. @default {10000} */
  readonly stopGraceMs?: number;
  /** Stops the engine, while it loads and later. */
  readonly signal?: AbortSignal;
  /** Told what nobody can do anything about. @default ignores it */
  readonly onNote?: (note: string) => void;
}

/** A running engine. Disposing of it stops it and all that it started, and waits until its port is free. */
export interface LaunchedEngine extends AsyncDisposable, About {
  /** "http://127.0.0.1:30000/v1" */
  readonly baseUrl: string;
  /** As the engine was asked for it; `null` where the command names it itself. */
  readonly model: string | null;
  readonly port: number;
  /** Program and arguments, secrets masked: may be recorded. */
  readonly command: readonly string[];
  /** The same as a line for a shell, with the names of the variables that were set. */
  readonly commandLine: string;
  /** Of the command, and of its process group. */
  readonly pid: number;
  readonly logPath: string;
  /** From the start of the command until it was ready, in ms. */
  readonly loadMs: number;
  /** Once the command has ended, whoever ended it. */
  readonly ended: Promise<CommandEnd>;
  /** How it ended, in words, with the end of its log. Waits for the end. */
  explainEnd(): Promise<string>;
}

const LOG_LINES = 20;
const PORT_FREE_MS = 5000;

/**
 * Starts an engine by its profile's command and waits until it answers.
 *
 * @returns The engine, once it lists its models.
 * @throws {UsageError} When it cannot be started as asked: no command, no model, a port that is in use.
 * @throws {RunError} When it ended while loading, or was not ready in time, with the end of its log; nothing of it runs then.
 * @throws The signal's reason, when it was aborted meanwhile; nothing of it runs then, either.
 */
export async function launchEngine(profile: EngineProfile, options: LaunchOptions): Promise<LaunchedEngine> {
  const { signal, logPath, stopGraceMs = 10_000, onNote = () => {} } = options;
  signal?.throwIfAborted();
  const plan = await checkLaunch(profile, options);
  await makeLog(logPath);
  const startMs = performance.now();
  const group = startGroup(plan.command, { env: plan.env, logPath, stopGraceMs });
  const stop = async () => {
    signal?.removeEventListener("abort", onAbort);
    await group.stop();
    if (!await becomesFree(plan, PORT_FREE_MS)) {
      onNote(
        `port ${plan.port} is still in use after ${profile.label} was stopped: a process of it has left its group; ` +
          "end it before the next engine is started",
      );
    }
  };
  const onAbort = () => void group.stop();
  signal?.addEventListener("abort", onAbort);
  try {
    await untilReady({ profile, plan, group, options, startMs });
    const loadMs = performance.now() - startMs;
    const about = await askVersion(profile, { plan, apiKey: options.apiKey });
    signal?.throwIfAborted();
    let stopped: Promise<void> | undefined;
    return {
      ...about,
      baseUrl: `${rootUrlOf(plan)}/v1`,
      ...{ model: plan.model, port: plan.port },
      command: maskCommand(plan.command),
      commandLine: showCommand(plan.command, plan.env),
      ...{ pid: group.pid, logPath, loadMs },
      ended: group.ended,
      explainEnd: async () => {
        const end = await group.ended;
        return `${profile.label} ${describeEnd(end)}\n${await describeLog(plan, logPath)}`;
      },
      [Symbol.asyncDispose]: () => stopped ??= stop(),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Checks what can be checked before anything is started.
 *
 * @returns What would be started.
 * @throws {UsageError} When it cannot be started as asked: no command, no model, a port that is in use.
 */
export async function checkLaunch(profile: EngineProfile, options: PlanLaunchOptions): Promise<LaunchPlan> {
  const plan = planLaunch(profile, options);
  await checkPort(profile, plan);
  return plan;
}

async function checkPort({ label }: EngineProfile, plan: LaunchPlan): Promise<void> {
  if (await isPortFree(plan)) return;
  throw new UsageError(
    `Cannot start ${label} on port ${plan.port} as it is in use: stop what listens there, or choose another with --port (port= in bench:compare)`,
  );
}

interface Loading {
  readonly profile: EngineProfile;
  readonly plan: LaunchPlan;
  readonly group: ProcessGroup;
  readonly options: LaunchOptions;
  /** On `performance.now()`. */
  readonly startMs: number;
}

async function untilReady({ profile, plan, group, options, startMs }: Loading): Promise<void> {
  const { apiKey, signal, logPath } = options;
  const over = new AbortController();
  const ended = group.ended.then((end) => {
    over.abort();
    return end;
  });
  const trouble = await waitReady({
    rootUrl: rootUrlOf(plan),
    paths: [plan.healthPath, "/v1/models"],
    timeoutMs: plan.readyTimeoutMs,
    headers: authorize(apiKey),
    signal: signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]),
  });
  signal?.throwIfAborted();
  if (trouble === null && !over.signal.aborted) return;
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  const what = over.signal.aborted
    ? `it ${describeEnd(await ended, plan.command)} after ${seconds} s, while loading`
    : `it was not ready after ${plan.readyTimeoutMs / 1000} s (${trouble}): ` +
      "if it only needs longer, choose a longer time with --ready-timeout";
  throw new RunError(`Cannot start ${profile.label} as ${what}\n${await describeLog(plan, logPath)}`);
}

function describeEnd({ code, signal }: CommandEnd, command: readonly string[] = []): string {
  if (signal === "SIGKILL") return "was ended by SIGKILL, which the system also sends when memory runs out,";
  if (signal !== null) return `was ended by ${signal}`;
  if (code === 127 && command.length > 0) {
    return `exited with code 127 (is ${command[0]} installed, and its environment active?)`;
  }
  return `exited with code ${code}`;
}

async function describeLog({ command, env }: LaunchPlan, logPath: string): Promise<string> {
  const lines = await readTail(logPath, LOG_LINES);
  const secrets = secretsOf(command, env);
  return [
    `command  ${showCommand(command, env)}`,
    `log      ${logPath}${lines.join("") === "" ? ", which is empty" : "; its last lines:"}`,
    ...lines.map((line) => `  ${maskText(line, secrets)}`),
  ].join("\n").trimEnd();
}

async function askVersion(
  { about }: EngineProfile,
  { plan, apiKey }: { readonly plan: LaunchPlan; readonly apiKey?: string },
): Promise<About> {
  const clock = realClock();
  await using transport = openTransport("node", clock);
  return await askAbout(about, { rootUrl: rootUrlOf(plan), transport, clock, headers: authorize(apiKey) });
}

function authorize(apiKey: string | undefined): Record<string, string> {
  return apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
}

function rootUrlOf({ host, port }: LaunchPlan): string {
  return `http://${reachableHost(host)}:${port}`;
}
