/**
 * A Deno kernel in a process of its own, spoken to through ZeroMQ.
 *
 * @module
 */
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { Dealer, Subscriber } from "zeromq";

import { RunError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/types.ts";
import { decodeMessage, encodeMessage, type Message } from "./messages.ts";
import { Outputs, readError } from "./outputs.ts";
import type { Output } from "../../lib/notebook/notebook_file.ts";

/** Where and for how long. */
export interface KernelOptions {
  /** Working directory of the code: the notebook's folder. */
  readonly folder: string;
  /** Ends the kernel. */
  readonly signal?: AbortSignal;
}

/** What came of executing code. */
export type Execution =
  | { readonly state: "done" | "failed"; readonly outputs: readonly Output[] }
  | { readonly state: "died" | "timed out"; readonly outputs: readonly Output[]; readonly log: string };

/** Outputs are sent on a channel of their own and may come after the kernel called the code done. */
const LATE_OUTPUT_MS = 60;

/**
 * Sockets of ended kernels, until this program ends. On Deno a socket that is closed while somebody listens at it can crash
 * the process, as an event may still be on its way; so they are disconnected, and kept from the garbage collector.
 */
const retired: (Dealer | Subscriber)[] = [];

/** Code that left a timer running may never fall silent. */
const LONGEST_LATE_OUTPUT_MS = 2000;

/** The kernel keeps silent about errors in timers and promises that nobody awaits. */
const REPORT_LATE_ERRORS = `{
  const report = (error) =>
    Deno.jupyter.broadcast("error", {
      ename: error?.name ?? "Error",
      evalue: String(error?.message ?? error),
      traceback: String(error?.stack ?? error).split("\\n"),
    });
  addEventListener("error", (event) => report(event.error));
  addEventListener("unhandledrejection", (event) => report(event.reason));
}`;

const READY_POLL_MS = 250;
const READY_LIMIT_MS = 30_000;
const START_ATTEMPTS = 5;

/** A kernel that executes one piece of code after the other. Dispose of it, on every path. */
export class Kernel implements AsyncDisposable {
  readonly #key = crypto.randomUUID();
  readonly #session = crypto.randomUUID();
  readonly #shell = new Dealer({ linger: 0 });
  readonly #iopub = new Subscriber({ linger: 0 });
  readonly #pending = new Map<string, Pending>();
  readonly #folder: string;
  #process: Deno.ChildProcess | null = null;
  #connectionFolder: string | null = null;
  #log = "";
  #isDead = false;
  #died = Promise.withResolvers<void>();
  #lastOutputMs = 0;
  readonly #connections: { readonly socket: Dealer | Subscriber; readonly address: string }[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Starts a kernel and waits until it answers.
   *
   * @throws {RunError} When it does not answer.
   */
  static async start({ folder, signal }: KernelOptions): Promise<Kernel> {
    for (let attempt = 1;; attempt++) {
      const kernel = new Kernel(folder);
      const stop = () => kernel.#kill();
      signal?.addEventListener("abort", stop, { once: true });
      try {
        await kernel.#launch();
        signal?.throwIfAborted();
        await kernel.#waitUntilReady();
        await kernel.#send("execute_request", {
          code: REPORT_LATE_ERRORS,
          silent: true,
          store_history: false,
        });
        return kernel;
      } catch (error) {
        signal?.removeEventListener("abort", stop);
        await kernel[Symbol.asyncDispose]();
        // Between our choice of free ports and the kernel's use of them somebody else may take one.
        if (signal?.aborted || attempt === START_ATTEMPTS) throw error;
      }
    }
  }

  async #launch(): Promise<void> {
    const [shell, iopub, stdin, control, heartbeat] = await freePorts(5);
    this.#connectionFolder = await Deno.makeTempDir({ prefix: "benchbook-kernel-" });
    const connection = join(this.#connectionFolder, "connection.json");
    await Deno.writeTextFile(
      connection,
      JSON.stringify({
        ...{ ip: "127.0.0.1", transport: "tcp", kernel_name: "deno" },
        ...{ shell_port: shell, iopub_port: iopub, stdin_port: stdin, control_port: control },
        ...{ hb_port: heartbeat, key: this.#key, signature_scheme: "hmac-sha256" },
      }),
      { mode: 0o600 },
    );
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["jupyter", "--kernel", "--conn", connection],
      cwd: this.#folder,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    for (const stream of [this.#process.stdout, this.#process.stderr]) void this.#keepLog(stream);
    void this.#process.status.then(() => {
      this.#isDead = true;
      this.#died.resolve();
    });
    this.#iopub.subscribe();
    this.#connect(this.#iopub, iopub, (pending, message) => pending.takeOutput(message));
    this.#connect(this.#shell, shell, (pending, message) => pending.takeReply(message));
  }

  #connect(socket: Dealer | Subscriber, port: number | undefined, take: TakeMessage): void {
    const address = `tcp://127.0.0.1:${port}`;
    socket.connect(address);
    this.#connections.push({ socket, address });
    void this.#listen(socket, take);
  }

  /** What the process prints by itself; the last of it says why it died. */
  async #keepLog(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#log = (this.#log + text).slice(-4000);
    }
  }

  /** Without colours, and without what every kernel says. */
  #reason(): string {
    return stripVTControlCharacters(this.#log).replaceAll(/^Warning "deno jupyter" .*$/gm, "").trim();
  }

  async #listen(socket: Dealer | Subscriber, take: TakeMessage): Promise<void> {
    for await (const frames of socket) {
      this.#lastOutputMs = performance.now();
      const message = decodeMessage(frames, this.#key);
      const pending = this.#pending.get(message?.parentId ?? "");
      if (message !== null && pending !== undefined) take(pending, message);
    }
  }

  /** Outputs reach only who is subscribed already, so ask until an answer comes on both channels. */
  async #waitUntilReady(): Promise<void> {
    const startMs = performance.now();
    while (performance.now() - startMs < READY_LIMIT_MS) {
      const pending = await this.#send("kernel_info_request", {});
      const answer = await this.#within(pending.done, READY_POLL_MS);
      if (answer === "done") return;
      if (answer === "died") break;
    }
    throw new RunError(
      `Cannot start a kernel as ${this.#isDead ? "its process ended" : "it does not answer"}: ${
        this.#reason() || "it said nothing"
      }. Try: deno jupyter --kernel --help`,
    );
  }

  /**
   * Executes code and waits for all that it shows, also for what comes late.
   *
   * @param limitMs Longest wait. A kernel that was not done by then is ended.
   */
  async execute(code: string, limitMs: number): Promise<Execution> {
    const content = { silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
    const pending = await this.#send("execute_request", { code, ...content, stop_on_error: true });
    const answer = await this.#within(pending.done, limitMs);
    if (answer !== "done") {
      this.#kill();
      await this.#died.promise;
      return { state: answer, outputs: pending.outputs.list(), log: this.#reason() };
    }
    await this.#waitForSilence();
    const outputs = pending.outputs.list();
    const reply = pending.reply ?? {};
    if (outputs.some(({ kind }) => kind === "error")) return { state: "failed", outputs };
    if (reply.status === "ok") return { state: "done", outputs };
    // Syntax errors and modules that cannot be loaded are in the reply only.
    return { state: "failed", outputs: [...outputs, readError(reply)] };
  }

  async #waitForSilence(): Promise<void> {
    const startMs = performance.now();
    this.#lastOutputMs = startMs;
    while (!this.#isDead && performance.now() - startMs < LONGEST_LATE_OUTPUT_MS) {
      const silentMs = performance.now() - this.#lastOutputMs;
      if (silentMs >= LATE_OUTPUT_MS) return;
      await new Promise((resolve) => setTimeout(resolve, LATE_OUTPUT_MS - silentMs));
    }
  }

  async #send(type: string, content: JsonObject): Promise<Pending> {
    const id = crypto.randomUUID();
    const pending = new Pending();
    this.#pending.set(id, pending);
    const date = new Date().toISOString();
    await this.#shell.send(
      encodeMessage({ id, type, content, date }, { key: this.#key, session: this.#session }),
    );
    return pending;
  }

  async #within(done: Promise<void>, limitMs: number): Promise<"done" | "died" | "timed out"> {
    const timeout = Promise.withResolvers<"timed out">();
    const timer = setTimeout(() => timeout.resolve("timed out"), limitMs);
    try {
      return await Promise.race([
        done.then(() => "done" as const),
        this.#died.promise.then(() => "died" as const),
        timeout.promise,
      ]);
    } finally {
      clearTimeout(timer);
    }
  }

  #kill(): void {
    try {
      this.#process?.kill("SIGKILL");
    } catch { /* it has ended already */ }
  }

  /** Ends the process and removes its connection file. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#kill();
    await this.#process?.status;
    for (const { socket, address } of this.#connections.splice(0)) {
      socket.disconnect(address);
      retired.push(socket);
    }
    if (this.#connectionFolder !== null) await Deno.remove(this.#connectionFolder, { recursive: true });
    this.#connectionFolder = null;
  }
}

type TakeMessage = (pending: Pending, message: Message) => void;

/** A request on its way. It is done when its reply came on one channel and its end on the other. */
class Pending {
  readonly outputs = new Outputs();
  readonly #replied = Promise.withResolvers<void>();
  readonly #idle = Promise.withResolvers<void>();
  readonly done: Promise<void> = Promise.all([this.#replied.promise, this.#idle.promise]).then(() => {});
  reply: JsonObject | null = null;

  takeReply({ content }: Message): void {
    this.reply = content;
    this.#replied.resolve();
  }

  takeOutput(message: Message): void {
    if (message.type !== "status") this.outputs.add(message);
    else if (message.content.execution_state === "idle") this.#idle.resolve();
  }
}

/** Ports of this machine that nobody listens on, all different. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listenAnywhere(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}
