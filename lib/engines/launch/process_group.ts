/**
 * A command in a process group of its own, which ends as a whole.
 *
 * Engines start workers, one per GPU at least, and a worker that outlives its engine keeps its memory. `detached` makes the
 * command the leader of a new session and thereby of a new group (`setsid`, on Linux and macOS alike), whose id is its
 * process id; workers stay in it unless they leave on purpose. A signal to the group reaches all of them, and Ctrl-C in the
 * terminal reaches none: this program decides when they end. It ends them before it ends itself, whether it is done, leaves
 * at once (SIGKILL), or receives SIGTERM or SIGHUP; only a SIGKILL to this program leaves them running.
 *
 * @module
 */

/** How a command ended. */
export interface CommandEnd {
  /** Exit code, where it ended by itself. */
  readonly code: number;
  /** Signal that ended it, else `null`. */
  readonly signal: string | null;
}

/** A running command with all that it started. */
export interface ProcessGroup {
  /** Of the command, and of its group. */
  readonly pid: number;
  /** When the command itself has ended. The rest of its group is stopped then, too. */
  readonly ended: Promise<CommandEnd>;
  /** Ends the group: SIGTERM, and SIGKILL to what is left after the grace. @returns When nothing of it runs. */
  stop(): Promise<void>;
}

/** How a group is started. */
export interface StartGroupOptions {
  /** Variables added to this program's own. */
  readonly env: Readonly<Record<string, string>>;
  /** Receives standard output and standard error; exists. */
  readonly logPath: string;
  /** From SIGTERM to SIGKILL, in ms. */
  readonly stopGraceMs: number;
}

/**
 * The shell only opens the log and becomes the command: its output goes to the file without passing through this program,
 * which may be measuring meanwhile.
 */
const INTO_LOG = 'log=$1; shift; exec "$@" >"$log" 2>&1';

const POLL_MS = 50;

/** After SIGKILL a process is gone as soon as the kernel has taken down its memory. */
const AFTER_KILL_MS = 10_000;

/** Starts a command. One that cannot be found ends with 127, one that cannot be run with 126, as in a shell. */
export function startGroup(command: readonly string[], options: StartGroupOptions): ProcessGroup {
  const { env, logPath, stopGraceMs } = options;
  const child = new Deno.Command("sh", {
    args: ["-c", INTO_LOG, "sh", logPath, ...command],
    env: { ...env },
    detached: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const { pid } = child;
  let stopped: Promise<void> | undefined;
  const group: ProcessGroup = {
    pid,
    ended: child.status.then(async ({ code, signal }) => {
      await ending;
      return { code, signal };
    }),
    stop: () => stopped ??= stopGroup(pid, stopGraceMs).finally(() => forget(group)),
  };
  remember(group);
  // Once the group is empty its id may be given to others, so it is never signalled later than now.
  child.status.then(() => group.stop());
  return group;
}

async function stopGroup(pid: number, graceMs: number): Promise<void> {
  if (!signalGroup(pid, "SIGTERM")) return;
  if (await becomesEmpty(pid, graceMs)) return;
  signalGroup(pid, "SIGKILL");
  await becomesEmpty(pid, AFTER_KILL_MS);
}

/** @returns Whether there was anybody to receive it. */
function signalGroup(pid: number, signal: Deno.Signal): boolean {
  try {
    Deno.kill(-pid, signal);
    return true;
  } catch (error) {
    // EPERM: macOS says so of zombies.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}

async function becomesEmpty(pid: number, withinMs: number): Promise<boolean> {
  const endMs = performance.now() + withinMs;
  while (await hasMembers(pid)) {
    if (performance.now() >= endMs) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}

/**
 * Whether a process of the group still runs. A signal cannot tell: it also finds the dead whose parent does not ask how they
 * ended, and in many containers nobody does.
 */
async function hasMembers(pid: number): Promise<boolean> {
  try {
    const { success, stdout } = await new Deno.Command("ps", {
      args: ["-A", "-o", "pgid=", "-o", "stat="],
      stdin: "null",
      stderr: "null",
    }).output();
    if (success) {
      return new TextDecoder().decode(stdout).split("\n").some((line) => {
        const [group, state = ""] = line.trim().split(/\s+/);
        return group === String(pid) && !state.startsWith("Z");
      });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  // Without ps: SIGCONT does nothing to those who run.
  return signalGroup(pid, "SIGCONT");
}

// ──────────────────────────────── when this program ends before its engines ────────────────────────────────

const running = new Set<ProcessGroup>();
const AFTER_SIGNAL_MS = 1000;

function remember(group: ProcessGroup): void {
  if (running.size === 0) {
    globalThis.addEventListener("unload", killAll);
    Deno.addSignalListener("SIGTERM", onTerminate);
    Deno.addSignalListener("SIGHUP", onHangUp);
  }
  running.add(group);
}

function forget(group: ProcessGroup): void {
  if (!running.delete(group) || running.size > 0) return;
  globalThis.removeEventListener("unload", killAll);
  Deno.removeSignalListener("SIGTERM", onTerminate);
  Deno.removeSignalListener("SIGHUP", onHangUp);
}

/** The last moment of this program: there is no time for grace. */
function killAll(): void {
  for (const { pid } of running) signalGroup(pid, "SIGKILL");
}

const onTerminate = () => void endWith("SIGTERM");
const onHangUp = () => void endWith("SIGHUP");

/** Pending while this program is being ended: then nobody is told that an engine has ended, and takes it for a failure. */
let ending: Promise<void> | undefined;

/** Ends as the signal would have ended this program, after its engines. */
function endWith(signal: "SIGTERM" | "SIGHUP"): Promise<void> {
  return ending ??= (async () => {
    await Promise.all([...running].map((group) => group.stop()));
    Deno.kill(Deno.pid, signal);
    // Others may listen to the signal and go on.
    await new Promise((resolve) => setTimeout(resolve, AFTER_SIGNAL_MS));
    ending = undefined;
  })();
}
