/**
 * `deno task notebook`: open the notebooks in Jupyter.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { Command } from "@commander-js/extra-typings";

import { RunError } from "../errors.ts";
import { print } from "./console.ts";
import { runCommand } from "./exit.ts";

const EXAMPLES = `
Needs JupyterLab or Jupyter Notebook; the kernel is Deno's own, which is installed for Jupyter where it is missing.
In VS Code nothing of this is needed: install the Jupyter extension, open a notebook and choose the kernel "Deno".

Examples:
  deno task notebook
  deno task notebook --dry-run
  deno task notebook -- --no-browser --port 8890
      What comes after -- is Jupyter's.
`;

const MISSING =
  `Cannot open the notebooks as there is no JupyterLab or Jupyter Notebook on the PATH. Install one:
  pipx install jupyterlab
  uv tool install jupyterlab
  pip install jupyterlab
  apt install jupyter-notebook
VS Code needs none of them: install its Jupyter extension, open a notebook and choose the kernel "Deno", which
"deno jupyter --install" adds. Without any: deno task notebooks:html makes pages of them.`;

/** Kinds of Jupyter, the best first. */
const frontEnds = ["lab", "notebook"] as const;

/** What this machine has of Jupyter. */
export interface JupyterState {
  /** As `jupyter` knows it; `null` when there is none. */
  readonly frontEnd: typeof frontEnds[number] | null;
  /** The program that the kernel "Deno" is started with; `null` when that kernel is not installed. */
  readonly kernelProgram: string | null;
  /** Whether that program is there. */
  readonly hasKernelProgram: boolean;
}

/** A program with its arguments, and why it is started. */
export interface Step {
  readonly reason: string;
  readonly command: readonly [program: string, ...args: string[]];
}

/** What opening the notebooks takes. */
export interface PlanOptions {
  /** The running Deno. */
  readonly deno: string;
  /** Arguments for Jupyter. @default none */
  readonly jupyterArgs?: readonly string[];
}

/**
 * Plans how to open the notebooks: the kernel is installed where it is missing or its program is gone, for example after
 * an update of Deno.
 *
 * @throws {RunError} When there is no Jupyter, saying how to get one.
 *
 * @example
 * ```ts
 * import { planNotebook } from "./notebook.ts";
 * import assert from "node:assert/strict";
 *
 * const state = { frontEnd: "lab", kernelProgram: "/opt/old/deno", hasKernelProgram: false } as const;
 * assert.deepEqual(planNotebook(state, { deno: "/opt/deno" }).map(({ command }) => command.join(" ")), [
 *   "/opt/deno jupyter --install --force",
 *   "jupyter lab",
 * ]);
 * ```
 */
export function planNotebook(
  { frontEnd, kernelProgram, hasKernelProgram }: JupyterState,
  { deno, jupyterArgs = [] }: PlanOptions,
): Step[] {
  if (frontEnd === null) throw new RunError(MISSING);
  const open: Step = {
    reason: "opens the notebooks",
    command: ["jupyter", frontEnd, ...jupyterArgs],
  };
  if (hasKernelProgram) return [open];
  const reason = kernelProgram === null
    ? `installs the kernel "Deno"`
    : `installs the kernel "Deno" again: ${kernelProgram} is gone`;
  return [{ reason, command: [deno, "jupyter", "--install", "--force"] }, open];
}

/** Asks Jupyter what there is. */
async function inspectJupyter(): Promise<JupyterState> {
  let frontEnd: JupyterState["frontEnd"] = null;
  for (const name of frontEnds) {
    if (frontEnd === null && await output("jupyter", [name, "--version"]) !== null) frontEnd = name;
  }
  const kernelProgram = readKernelProgram(await output("jupyter", ["kernelspec", "list", "--json"]) ?? "{}");
  return { frontEnd, kernelProgram, hasKernelProgram: kernelProgram !== null && await isFile(kernelProgram) };
}

/** What a program prints; `null` when it is missing or fails. */
async function output(program: string, args: readonly string[]): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command(program, { args: [...args], stdin: "null" }).output();
    return success ? new TextDecoder().decode(stdout) : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Jupyter's list of kernels, as far as it is read. */
interface KernelList {
  readonly kernelspecs?: {
    readonly deno?: { readonly spec?: { readonly argv?: readonly string[] } };
  };
}

function readKernelProgram(json: string): string | null {
  try {
    const list: KernelList = JSON.parse(json);
    return list.kernelspecs?.deno?.spec?.argv?.[0] ?? null;
  } catch {
    return null;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = new Command("deno task notebook")
    .description("Opens the notebooks in JupyterLab or Jupyter Notebook, on the Deno kernel.")
    .argument("[jupyter-args...]", "arguments for Jupyter")
    .option("--dry-run", "say what would be done, and do nothing")
    .exitOverride()
    .showHelpAfterError("(--help shows every flag)")
    .addHelpText("after", EXAMPLES)
    .parse([...args], { from: "user" });
  const [jupyterArgs] = command.processedArgs;
  const folder = fileURLToPath(new URL("../../notebooks/", import.meta.url));
  const steps = planNotebook(await inspectJupyter(), { deno: Deno.execPath(), jupyterArgs });
  for (const { reason, command: [program, ...args] } of steps) {
    print(`${[program, ...args].join(" ")}\n  ${reason}, in ${folder}`);
    if (command.opts().dryRun) continue;
    const code = await runIn(folder, [program, ...args]);
    if (code !== 0) throw new RunError(`Cannot go on as ${program} ended with exit code ${code}: see above`);
  }
  return 0;
}

/** Jupyter gets Ctrl-C from the terminal itself, and asks what is meant by it. */
async function runIn(folder: string, [program, ...args]: Step["command"]): Promise<number> {
  const ignore = () => {};
  Deno.addSignalListener("SIGINT", ignore);
  try {
    return (await new Deno.Command(program, { args, cwd: folder }).spawn().status).code;
  } finally {
    Deno.removeSignalListener("SIGINT", ignore);
  }
}

if (import.meta.main) await runCommand(() => main(Deno.args));
