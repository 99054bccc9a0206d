/**
 * `deno task engine`: an engine in the foreground.
 *
 * @module
 */
import { Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";

import { readEngineFile } from "../engines/launch/find_profile.ts";
import { launchEngine } from "../engines/launch/launch_engine.ts";
import {
  type CommandLaunch,
  type EngineProfile,
  engineProfiles,
  findEngine,
  type LaunchPreset,
  planLaunch,
  type PlanLaunchOptions,
  showCommand,
} from "../engines/mod.ts";
import { placeholdersIn } from "../engines/plan_launch.ts";
import { RunError, UsageError } from "../errors.ts";
import { print, printError } from "./console.ts";
import { runCommand } from "./exit.ts";
import { integer, positive } from "./flags.ts";
import { listenForInterrupt } from "./interrupt.ts";

const EXAMPLES = `
Examples:
  deno task engine --list
  deno task engine mini-sglang --preset qwen3-32b-tp4
      python -m minisgl --model Qwen/Qwen3-32B --tp 4 --host 127.0.0.1 --port 1919 --cache naive
  deno task engine vllm --model Qwen/Qwen3-0.6B -- --max-num-seqs 64
      What stands behind -- goes to the engine as it is.
  deno task engine my-server --model Qwen/Qwen3-0.6B --engines data/samples/engines.yaml

Ctrl-C stops the engine and everything that it started. The embedded engine is served by deno task serve.
`;

function engineCommand() {
  return new Command("deno task engine")
    .description("Starts an engine by its profile, waits until it is ready, and stops it on Ctrl-C.")
    .argument("[engine]", "name of a profile, or NAME/PRESET")
    .argument("[extra...]", "behind --: arguments for the engine")
    .option("--list", "print profiles and presets with their commands")
    .option("--preset <name>", "settings under a name (--list shows them)")
    .option("--model <name>", "model to load (default: the preset's)")
    .option("--tp <n>", "GPUs that share the model (default: the preset's)", integer(1))
    .option("--port <n>", "where it listens (default: the preset's or the engine's)", integer(1, 65535))
    .addOption(
      new Option("--host <address>", "0.0.0.0 lets other machines in").choices(["127.0.0.1", "0.0.0.0"])
        .default("127.0.0.1"),
    )
    .option("--engines <path>", "your own profiles in YAML (data/samples/engines.yaml)")
    .option("--env <name=value...>", "variables for the engine; only their names are shown", variable)
    .option("--ready-timeout <seconds>", "longest wait until it is ready (default: the profile's)", positive)
    .option("--dry-run", "print the command and start nothing")
    .option("--log <path>", "where its output goes (default: data/runs/engine-NAME-PORT.log)")
    .exitOverride()
    .configureHelp({ helpWidth: 110 })
    .showHelpAfterError("(--help shows every flag)")
    .addHelpText("after", EXAMPLES);
}

function variable(text: string, before: Record<string, string> | undefined): Record<string, string> {
  const [, name, value = ""] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError("It must look like NAME=value.");
  return { ...before, [name]: value };
}

/** Runs the command until Ctrl-C. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = engineCommand().parse([...args], { from: "user" });
  const [engine, extraArgs] = command.processedArgs;
  const { list, engines, log, readyTimeout, dryRun, ...opts } = command.opts();
  const own = engines === undefined ? [] : readEngineFile(engines);
  if (list) {
    for (const line of listEngines([...engineProfiles, ...own])) print(line);
    return 0;
  }
  if (engine === undefined) {
    throw new UsageError("Cannot start an engine as none is named: --list shows them");
  }
  // As bench:compare's launch:NAME/PRESET.
  const [name = "", preset] = engine.split("/", 2);
  const flags = { ...opts, preset: opts.preset ?? preset };
  const profile = findEngine(name, own);
  const readyTimeoutMs = readyTimeout === undefined ? undefined : readyTimeout * 1000;
  const plan = { ...flags, extraArgs, readyTimeoutMs };
  if (dryRun) {
    const { command, env } = planLaunch(profile, plan);
    print(showCommand(command, env));
    return 0;
  }
  return await serveEngine(profile, { log, plan });
}

async function serveEngine(
  profile: EngineProfile,
  { plan, log }: { readonly plan: PlanLaunchOptions; readonly log?: string },
): Promise<number> {
  const { command, env, port } = planLaunch(profile, plan);
  const logPath = log ?? `data/runs/engine-${profile.name}-${port}.log`;
  print(`starting ${profile.label}: ${showCommand(command, env)}\nlog      ${logPath}`);
  const interrupt = listenForInterrupt(() => print("\nstopping the engine (Ctrl-C again to leave at once)"));
  const { signal } = interrupt;
  const interrupted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  try {
    await using engine = await launchEngine(profile, { ...plan, logPath, signal, onNote: printError });
    const version = engine.version === undefined ? "" : ` ${engine.version}`;
    print(
      `ready    ${profile.label}${version} at ${engine.baseUrl} after ${
        (engine.loadMs / 1000).toFixed(1)
      } s, ` +
        `process ${engine.pid} (Ctrl-C stops it)`,
    );
    await Promise.race([interrupted, engine.ended]);
    if (!signal.aborted) throw new RunError(await engine.explainEnd());
    return 0;
  } catch (error) {
    if (error !== signal.reason) throw error;
    printError("stopped before it was ready");
    return 1;
  } finally {
    interrupt.stop();
  }
}

/** Profiles and presets, each with its command. */
export function listEngines(profiles: readonly EngineProfile[]): string[] {
  return profiles.flatMap((profile) => {
    const { name, label, launch } = profile;
    const head = label === name ? name : `${name} (${label})`;
    if (launch === null) return [head, "  named by --base-url"];
    switch (launch.kind) {
      case "embedded":
        return [head, `  embedded; deno task serve --sim-engine ${launch.simEngine} serves it by itself`];
      case "running":
        return [head, `  running at ${launch.baseUrl}`];
      case "command":
        return [
          `${head}, port ${launch.defaultPort}`,
          `  ${showCommand(launch.command, launch.env)}`,
          ...launch.presets.flatMap((preset) => [
            `  --preset ${preset.name}${preset.description === "" ? "" : `: ${preset.description}`}`,
            `    ${showPreset(profile, { launch, preset })}`,
          ]),
        ];
    }
  });
}

function showPreset(
  profile: EngineProfile,
  { launch, preset }: { readonly launch: CommandLaunch; readonly preset: LaunchPreset },
): string {
  const isOpen = preset.model === undefined && launch.model === null &&
    launch.command.some((word) => placeholdersIn(word).includes("model"));
  const { command, env } = planLaunch(profile, {
    preset: preset.name,
    ...(isOpen ? { model: "{model}" } : {}),
  });
  return showCommand(command, env);
}

if (import.meta.main) await runCommand(() => main(Deno.args));
