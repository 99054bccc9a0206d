import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import {
  type LaunchedEngine,
  launchEngine,
  type LaunchOptions,
} from "../../lib/engines/launch/launch_engine.ts";
import { type EngineProfile, external } from "../../lib/engines/mod.ts";
import { RunError, UsageError } from "../../lib/errors.ts";

const FAKE = fileURLToPath(new URL("./fake_engine.ts", import.meta.url));

const fake: EngineProfile = {
  ...external,
  name: "fake",
  label: "Fake engine",
  about: { paths: ["/version"], versionKey: "version", detailKeys: [] },
  launch: {
    kind: "command",
    command: [
      ...[
        "deno",
        "run",
        "--no-check",
        "-A",
        FAKE,
        "--model",
        "{model}",
        "--host",
        "{host}",
        "--port",
        "{port}",
      ],
    ],
    env: { FAKE_GREETING: "hello" },
    defaultPort: 1,
    healthPath: "/health",
    readyTimeoutMs: 60_000,
    model: "fake-model",
    tp: 1,
    presets: [],
  },
};

/** A program of its own as an engine, by what the shell makes of it. */
function shell(script: string): EngineProfile {
  const launch = { ...fake.launch, command: ["sh", "-c", script, "{port}"] };
  return { ...fake, launch: launch as EngineProfile["launch"] };
}

interface Place {
  readonly folder: string;
  readonly port: number;
  /** Options that every launch here has. */
  readonly options: LaunchOptions;
  /** Arguments of the fake engine. */
  mood(name: string, ...more: string[]): Pick<LaunchOptions, "extraArgs">;
  /** Processes of the fake engine, as it wrote them down. */
  pids(): number[];
}

/** A free port and a folder; afterwards no process of the fake engine may be left and the port must be free. */
async function inPlace(use: (place: Place) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const port = freePort();
  const pidFile = join(folder, "pids");
  const pids = () => Deno.readTextFileSync(pidFile).split(" ").map(Number);
  try {
    await use({
      folder,
      port,
      options: { port, logPath: join(folder, "logs", "engine.log"), stopGraceMs: 5000 },
      mood: (name, ...more) => ({ extraArgs: ["--pids", pidFile, "--mood", name, ...more] }),
      pids,
    });
    const wrote = await Deno.stat(pidFile).then(() => true, () => false);
    if (wrote) assert.deepEqual(await runningOf(pids()), []);
    Deno.listen({ hostname: "127.0.0.1", port }).close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Which of some processes run. The dead that nobody asked about do not. */
async function runningOf(pids: readonly number[]): Promise<string[]> {
  const { stdout } = await new Deno.Command("ps", {
    args: ["-A", "-o", "pid=", "-o", "stat=", "-o", "args="],
  })
    .output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => {
    const [pid, state = ""] = line.trim().split(/\s+/);
    return pids.includes(Number(pid)) && !state.startsWith("Z");
  });
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!await isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

const exists = (path: string) => Deno.stat(path).then(({ size }) => size > 0, () => false);

function logOf({ logPath }: LaunchOptions): string {
  return Deno.readTextFileSync(logPath);
}

async function statusOf(engine: LaunchedEngine, path: string): Promise<number> {
  const response = await fetch(engine.baseUrl.replace("/v1", path));
  await response.body?.cancel();
  return response.status;
}

Deno.test("launchEngine waits until the engine is ready, and disposing of it leaves nothing", () =>
  inPlace(async ({ options, mood, port, pids }) => {
    const env = { SECRET_TOKEN: "very-secret" };
    {
      await using engine = await launchEngine(fake, { ...options, ...mood("good", "--delay", "300"), env });
      assert.equal(engine.baseUrl, `http://127.0.0.1:${port}/v1`);
      assert.equal(await statusOf(engine, "/health"), 200);
      assert.deepEqual([engine.version, engine.details], ["1.2.3", undefined]);
      assert.deepEqual([engine.model, engine.port], ["fake-model", port]);
      assert.deepEqual(pids(), [engine.pid]);
      assert.equal((await runningOf(pids())).length, 1);
      assert.ok(engine.loadMs >= 300);
      assert.match(engine.commandLine, /^FAKE_GREETING=… SECRET_TOKEN=… deno run .* --model fake-model/);
      assert.match(logOf(options), /FAKE_GREETING=hello\n(.*\n)*ready/);
    }
    assert.deepEqual(await runningOf(pids()), []);
  }));

Deno.test("launchEngine: an engine that dies while loading is told with its exit code and the end of its log", () =>
  inPlace(async ({ options, mood }) => {
    const extraArgs = [...mood("dies").extraArgs ?? [], "--api-key", "hf_0123456789"];
    await assert.rejects(launchEngine(fake, { ...options, extraArgs }), (error: Error) => {
      assert.ok(error instanceof RunError);
      const [head, command, log, ...lines] = error.message.split("\n");
      assert.match(
        head ?? "",
        /^Cannot start Fake engine as it exited with code 3 after \d+\.\d s, while loading$/,
      );
      assert.match(command ?? "", /^command {2}FAKE_GREETING=… deno run .* --api-key \*\*\*$/);
      assert.match(log ?? "", /^log {6}.*engine\.log; its last lines:$/);
      // 20 lines: shards 12 to 30, and the error
      assert.equal(lines.length, 20);
      assert.deepEqual([lines[0], lines[19]], [
        "  loading shard 12",
        "  torch.OutOfMemoryError: CUDA out of memory",
      ]);
      return true;
    });
  }));

Deno.test("launchEngine masks secrets in the end of the log", () =>
  inPlace(async ({ options }) => {
    const profile = shell('echo "api_key=$API_KEY hf_0123456789"; exit 1');
    await assert.rejects(
      launchEngine(profile, { ...options, env: { API_KEY: "very-secret" } }),
      /\n {2}api_key=\*\*\* \*\*\*$/,
    );
  }));

Deno.test("launchEngine: workers of an engine that died while loading are ended, too", () =>
  inPlace(async ({ options, mood, pids }) => {
    await assert.rejects(
      launchEngine(fake, { ...options, ...mood("orphan"), stopGraceMs: 200 }),
      /exited with code 3/,
    );
    assert.equal(pids().length, 2);
    assert.deepEqual(await runningOf(pids()), []);
  }));

Deno.test("launchEngine: a program that is not there is told as such", () =>
  inPlace(async ({ options }) => {
    const launch = { ...fake.launch, command: ["no-such-engine", "{port}"] } as EngineProfile["launch"];
    await assert.rejects(
      launchEngine({ ...fake, launch }, options),
      { name: "RunError", message: /code 127 \(is no-such-engine installed, and its environment active\?\)/ },
    );
  }));

Deno.test("launchEngine: an engine that a signal ends while loading is told with the signal", () =>
  inPlace(async ({ options }) => {
    await assert.rejects(launchEngine(shell("kill -KILL $$"), options), /was ended by SIGKILL/);
    await assert.rejects(
      launchEngine(shell("kill -SEGV $$"), options),
      /was ended by SIGSEGV after .*which is empty/s,
    );
  }));

Deno.test("launchEngine starts nothing on a port that is in use", () =>
  inPlace(async ({ options, port }) => {
    using _listener = Deno.listen({ hostname: "127.0.0.1", port });
    await assert.rejects(launchEngine(fake, options), (error: Error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, new RegExp(`on port ${port} as it is in use: .* --port`));
      return true;
    });
    assert.equal(await exists(options.logPath), false);
  }));

Deno.test("launchEngine gives up on an engine that is never ready, and stops it", () =>
  inPlace(async ({ options, mood, pids }) => {
    await assert.rejects(
      launchEngine(fake, { ...options, ...mood("never"), readyTimeoutMs: 3000 }),
      {
        name: "RunError",
        message:
          /was not ready after 3 s \((\/health answered HTTP 503|nothing answered at .*)\): .*--ready-timeout\ncommand /,
      },
    );
    assert.deepEqual(await runningOf(pids()), []);
  }));

Deno.test("launchEngine: a server that wants a key is ready", () =>
  inPlace(async ({ options, mood }) => {
    await using engine = await launchEngine(fake, { ...options, ...mood("locked") });
    assert.equal(await statusOf(engine, "/v1/models"), 401);
  }));

Deno.test("launchEngine: an engine that ignores SIGTERM is killed after the grace", () =>
  inPlace(async ({ options, mood }) => {
    const engine = await launchEngine(fake, { ...options, ...mood("stubborn"), stopGraceMs: 1000 });
    await engine[Symbol.asyncDispose]();
    assert.match(logOf(options), /SIGTERM ignored/);
    assert.deepEqual(await engine.ended, { code: 137, signal: "SIGKILL" });
  }));

Deno.test("launchEngine: an engine's workers end with it", () =>
  inPlace(async ({ options, mood, pids }) => {
    const engine = await launchEngine(fake, { ...options, ...mood("family"), stopGraceMs: 300 });
    assert.equal((await runningOf(pids())).length, 2);
    await engine[Symbol.asyncDispose]();
    // the engine heeded SIGTERM, its worker did not
    assert.deepEqual(await engine.ended, { code: 143, signal: "SIGTERM" });
    assert.deepEqual(await runningOf(pids()), []);
  }));

Deno.test("launchEngine: an abort while loading stops the engine and throws the signal's reason", () =>
  inPlace(async ({ options, mood, folder, pids }) => {
    const stop = new AbortController();
    const reason = new Error("Ctrl-C");
    const launched = launchEngine(fake, { ...options, ...mood("never"), signal: stop.signal });
    await until(() => exists(join(folder, "pids")));
    stop.abort(reason);
    await assert.rejects(launched, reason);
    assert.deepEqual(await runningOf(pids()), []);
    await assert.rejects(launchEngine(fake, { ...options, signal: stop.signal }), reason);
  }));

Deno.test("launchEngine: an abort later stops the engine", () =>
  inPlace(async ({ options, mood, pids }) => {
    const stop = new AbortController();
    await using engine = await launchEngine(fake, { ...options, ...mood("good"), signal: stop.signal });
    stop.abort();
    assert.deepEqual(await engine.ended, { code: 143, signal: "SIGTERM" });
    await until(async () => (await runningOf(pids())).length === 0);
  }));

Deno.test("an engine that dies while it serves says how", () =>
  inPlace(async ({ options, mood }) => {
    await using engine = await launchEngine(fake, { ...options, ...mood("good") });
    assert.equal(await statusOf(engine, "/crash"), 200);
    assert.match(
      await engine.explainEnd(),
      /^Fake engine exited with code 9\ncommand .*\nlog .*:\n(.*\n)*.*ready$/,
    );
  }));

// ───────────────────────────────────────── deno task engine ─────────────────────────────────────────

const CLI = fileURLToPath(new URL("../../lib/cli/serve_engine.ts", import.meta.url));

interface Cli {
  readonly child: Deno.ChildProcess;
  /** Standard output and standard error so far. */
  text(): string;
}

/** Runs the command on the fake engine, and sees that it is over in the end. */
async function withCli(
  { folder, port, mood }: Place,
  { name, use }: { readonly name: string; readonly use: (cli: Cli) => Promise<void> },
): Promise<void> {
  const file = join(folder, "engines.yaml");
  const words = JSON.stringify(["deno", "run", "--no-check", "-A", FAKE, "--port", "{port}"]);
  await Deno.writeTextFile(file, `engines: { fake: { command: ${words}, version_path: /version } }`);
  const child = new Deno.Command("deno", {
    args: [
      ...["run", "--no-check", "-A", CLI, "fake", "--engines", file, "--port", String(port)],
      ...["--log", join(folder, "engine.log"), "--", ...mood(name).extraArgs ?? []],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let text = "";
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const bytes of stream) text += decoder.decode(bytes, { stream: true });
  };
  const collected = Promise.all([collect(child.stdout), collect(child.stderr)]);
  try {
    await use({ child, text: () => text });
  } finally {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await child.status;
    await collected;
  }
}

Deno.test("deno task engine says that the engine is ready, and Ctrl-C stops it", () =>
  inPlace((place) =>
    withCli(place, {
      name: "good",
      use: async ({ child, text }) => {
        await until(() => text().includes("Ctrl-C stops it"));
        assert.match(
          text(),
          new RegExp(`ready {4}fake 1\\.2\\.3 at http://127\\.0\\.0\\.1:${place.port}/v1 after`),
        );
        child.kill("SIGINT");
        assert.equal((await child.status).code, 0);
        assert.deepEqual(await runningOf(place.pids()), []);
      },
    })
  ));

Deno.test("deno task engine: Ctrl-C while loading stops the engine", () =>
  inPlace((place) =>
    withCli(place, {
      name: "never",
      use: async ({ child, text }) => {
        await until(() => exists(join(place.folder, "pids")));
        child.kill("SIGINT");
        assert.equal((await child.status).code, 1);
        await until(() => text().includes("stopped before it was ready"));
      },
    })
  ));

Deno.test("deno task engine: SIGTERM and SIGHUP end it as ever, but not before its engine", async () => {
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    await inPlace((place) =>
      withCli(place, {
        name: "good",
        use: async ({ child, text }) => {
          await until(() => text().includes("Ctrl-C stops it"));
          child.kill(signal);
          assert.equal((await child.status).signal, signal);
          assert.deepEqual(await runningOf(place.pids()), []);
        },
      })
    );
  }
});

Deno.test("deno task engine: a second Ctrl-C leaves at once, and still leaves nothing running", () =>
  inPlace((place) =>
    withCli(place, {
      name: "stubborn",
      use: async ({ child, text }) => {
        await until(() => text().includes("Ctrl-C stops it"));
        child.kill("SIGINT");
        await until(() => text().includes("stopping the engine"));
        // Within a second of the first one, a Ctrl-C counts as the same.
        await new Promise((resolve) => setTimeout(resolve, 1200));
        child.kill("SIGINT");
        assert.equal((await child.status).code, 1);
        await until(async () => (await runningOf(place.pids())).length === 0);
      },
    })
  ));

Deno.test("deno task engine: an engine that dies makes it fail, with the end of the log", () =>
  inPlace((place) =>
    withCli(place, {
      name: "dies",
      use: async ({ child, text }) => {
        assert.equal((await child.status).code, 1);
        await until(() => text().includes("CUDA out of memory"));
        assert.match(text(), /error: Cannot start fake as it exited with code 3/);
      },
    })
  ));
