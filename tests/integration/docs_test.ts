/**
 * Every command shown in the documentation and on the help pages is run, as a user would type it, made short.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { startSimulatorWorker } from "../../lib/simulator/worker.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const shorter = [
  "--requests",
  "6",
  "--scales",
  "0.3",
  "--output-length",
  "4",
  "--warmup",
  "1",
  "--run-id",
  "docs",
];

/**
 * What-if has nothing to warm up, and a page for each of its runs would outlive the test. Batches and rounds have neither
 * trace nor scales.
 */
function shorterFor(task: string): string[] {
  if (task === "bench:dual-round") {
    return ["--num-samples", "4", "--max-output-tokens", "4", ...shorter.slice(shorter.indexOf("--warmup"))];
  }
  if (task === "bench:simple") {
    return ["--input-length", "32", ...shorter.slice(shorter.indexOf("--output-length"))];
  }
  if (task !== "simulate") return shorter;
  const place = shorter.indexOf("--warmup");
  return [...shorter.toSpliced(place, 2), "--no-run-pages"];
}

/** A comparison made short: engines that are not simulated are replaced by some that are. */
function shorterComparison(
  args: readonly string[],
  { urls, enginesFile, resumed, measured }: {
    readonly urls: readonly string[];
    readonly enginesFile: string;
    readonly resumed: string;
    /** Folder of a run. */
    readonly measured: string;
  },
): string[] {
  if (args.some((arg) => arg.includes("run:"))) {
    const folders = [measured, join(measured, "../../copy")]; // a run cannot be compared with itself
    return [
      ...args.map((arg) => arg.replace("data/runs/<run-id>", () => folders.shift() ?? "")),
      ...["--run-id", "docs"],
    ];
  }
  if (args.includes("--resume")) return ["--resume", resumed];
  let place = 0;
  const engines = args.map((arg) => {
    if (arg.includes("http://")) return arg.replace(/http:.*/, urls[place++] ?? "");
    return arg.startsWith("launch:") ? `launch:served-${++place}` : arg;
  });
  const isSimulated = place === 0;
  const load = args.includes("dual-round")
    ? ["--num-samples", "4"]
    : ["--requests", "6", "--output-length", "4", ...isSimulated ? [] : ["--trace", "demo"]];
  return [
    ...engines.filter((arg) => !/^[\d.]+$/.test(arg) && arg !== "--scales" && arg !== "--concurrency"),
    ...load,
    ...args.includes("dual-round") ? ["--concurrency", "2"] : ["--scales", "0.3"],
    ...args.some((arg) => arg.startsWith("launch:")) ? ["--engines", enginesFile] : [],
    ...["--repeat", "2", "--warmup", "1", "--run-id", "docs"],
  ];
}

const VLLM_RESULT = "tests/testdata/interchange/vllm.json";

/** Commands that are this test run, or contain it. */
const isTestRun = (task: string) => ["test", "ok"].includes(task) || task.startsWith("test:");

/** `deno task …` lines of the shell blocks of a page, without the `deno task`, and without variables before it. */
function commandsOf(text: string): string[][] {
  return [...text.matchAll(/^ *(?:[A-Z]+=\S+ )?(?:npx --yes deno@[\d.]+|deno) task (.+)$/gm)].map((match) =>
    split(match[1] ?? "")
  );
}

function shellBlocks(markdown: string): string {
  return [...markdown.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1]).join("\n");
}

/** Words of a command line; the documentation uses quotes for JSON only. */
function split(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
}

async function runTask(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; output: string }> {
  const { code, stdout, stderr } = await new Deno.Command("deno", { args: ["task", ...args], cwd: root, env })
    .output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
}

async function helpOf(task: string): Promise<string> {
  const { code, output } = await runTask([task, "--help"]);
  assert.equal(code, 0, output);
  return output;
}

/** Starts `deno task serve …` and stops it when it says that it serves. */
async function tryServe(args: readonly string[]): Promise<void> {
  const process = new Deno.Command("deno", {
    args: ["task", ...args],
    cwd: root,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let said = "";
  for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (!said.includes("Ctrl-C stops it")) continue;
    process.kill("SIGINT");
    break;
  }
  assert.match(said, /simulated .* at http:\/\/127\.0\.0\.1:\d+\/v1/);
  await process.status;
}

const pages = [
  ...["README.md", "CONTRIBUTING.md", "lib/simulator/README.md", "lib/modes/compare/README.md"],
  ...["lib/metrics/dialects/README.md", "lib/artifact/interchange/README.md", "notebooks/README.md"],
].map((name) => shellBlocks(Deno.readTextFileSync(join(root, name))));

Deno.test("every command in the documentation and on the help pages works", async (t) => {
  const folder = await Deno.makeTempDir();
  const helpPages = await Promise.all(
    [
      ...["bench:qwen", "bench:simple", "serve", "report", "simulate", "simulate:validate"],
      ...["data:check", "data:longbench", "data:sharegpt", "bench:dual-round", "check:prometheus"],
      ...["bench:compare", "engine", "import", "export", "publish"],
      ...["notebook", "notebooks:run", "notebooks:html"],
    ].map(helpOf),
  );
  const commands = [...pages, ...helpPages].flatMap(commandsOf).filter(([task = ""]) => !isTestRun(task));
  assert.ok(commands.length >= 10, `only ${commands.length} commands were found`);
  await using engine = await startSimulatorWorker({ fixed: { ttftMs: 5, itlMs: 1 } });
  await using sglang = await startSimulatorWorker({ engine: "sglang" });
  await using other = await startSimulatorWorker({ fixed: { ttftMs: 5, itlMs: 1 } });
  const enginesFile = join(folder, "engines.yaml");
  await Deno.writeTextFile(enginesFile, servedEngines());
  // The same result twice is refused, so the second one has other bytes.
  const otherResults = join(folder, "other.json");
  await Deno.writeTextFile(otherResults, `${await Deno.readTextFile(join(root, VLLM_RESULT))}\n`);
  const metricsUrl = `${new URL(sglang.baseUrl).origin}/metrics`;
  for (const [i, [task = "", ...args]] of commands.entries()) {
    await t.step([task, ...args].join(" "), async () => {
      if (task === "serve") {
        return await tryServe([
          task,
          "--port",
          "0",
          ...args.filter((arg, j) => !isPort(arg, args[j - 1])),
        ]);
      }
      if (task === "engine") {
        const { code, output } = await runTask([task, "--dry-run", ...args]);
        return assert.equal(code, 0, output);
      }
      if (task.startsWith("notebook")) {
        return await tryNotebooks([task, ...args], { measured: join(folder, "0", "docs"), output: folder });
      }
      if (task === "publish") {
        const output = join(folder, `${i}`);
        const names = args.includes("latest") ? [join(folder, "0", "docs")] : [];
        const runs = names.length > 0
          ? []
          : ["--runs", args[args.indexOf("--runs") + 1] ?? join(folder, "0")];
        const { code, output: said } = await runTask([task, ...names, ...runs, "--output", output]);
        assert.equal(code, 0, said);
        return assert.match(said, /index {2}.*index\.html/);
      }
      if (task === "import" || task === "export") {
        const results = [VLLM_RESULT, otherResults];
        const here = args.map((arg) =>
          arg.endsWith(".json") ? results.shift() ?? arg : /\//.test(arg) ? join(folder, "0", "docs") : arg
        );
        const page = task === "import" ? ["--page", join(folder, `${i}.html`)] : [];
        const { code, output } = await runTask([
          task,
          ...here,
          "--output-dir",
          join(folder, `${i}`),
          ...page,
        ]);
        return assert.equal(code, 0, output);
      }
      if (task === "bench:compare") {
        const outputDir = join(folder, String(i));
        const resumed = join(
          folder,
          String(commands.findIndex(([task]) => task === "bench:compare")),
          "docs",
        );
        await copyFolder(join(folder, "0", "docs"), join(folder, "copy"));
        const here = shorterComparison(args, {
          ...{ urls: [engine.baseUrl, other.baseUrl], enginesFile, resumed },
          measured: join(folder, "0", "docs"),
        });
        const where = here.includes("--resume") ? [] : ["--output-dir", outputDir];
        const { code, output } = await runTask([task, ...here, ...where]);
        // On a busy machine a client in real time may be late, and the comparison is then not called a result.
        assert.ok(code === 0 || output.includes("NOT VALID"), output);
        return assert.match(output, /report {2}.*\S+\.html/);
      }
      if (task === "simulate:validate") {
        const { code, output } = await runTask([task, ...args]);
        return assert.equal(code, 0, output);
      }
      if (task.startsWith("data:")) {
        const output = join(folder, `${i}.jsonl`);
        const there = args.map((arg, j) => args[j - 1] === "--output" ? output : arg);
        const { code, output: said } = await runTask([task, ...there]);
        return assert.equal(code, 0, said);
      }
      if (task === "check:prometheus") {
        const there = args.map((arg) =>
          arg.startsWith("http") ? metricsUrl : arg.replace(/^DCGM.*/, "sglang:*")
        );
        const { code, output } = await runTask([task, ...there]);
        return assert.equal(code, 0, output);
      }
      const outputDir = join(folder, String(i));
      const namesServer = (arg: string | undefined) => arg === "--base-url" || arg === "--endpoint";
      const isServer = args.some(namesServer);
      const here = args.map((arg, j) => namesServer(args[j - 1]) ? engine.baseUrl : arg);
      const trace = task === "bench:qwen" && isServer && !args.includes("--trace")
        ? ["--trace", "data/samples/synthetic_qwen.jsonl"]
        : [];
      const run = task === "report"
        ? [task, join(folder, "0", "docs"), ...optionsOf(args), "--output", join(folder, "page.html")]
        : [task, ...here, ...trace, ...shorterFor(task), "--output-dir", outputDir];
      const { code, output } = await runTask(run);
      assert.equal(code, 0, output);
      assert.match(output, /report {2}\S+\.html/);
    });
  }
  await Deno.remove(join(root, "reports", "docs.html"));
  await Deno.remove(folder, { recursive: true });
});

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isFile } of Deno.readDir(from)) {
    if (isFile) await Deno.copyFile(join(from, name), join(to, name));
  }
}

/** Of `report`: which runs are meant is left out, as they are replaced by one. */
function optionsOf(args: readonly string[]): string[] {
  return args.filter((arg, i) => arg !== "--run" && args[i - 1] !== "--run" && !/[/\\]/.test(arg));
}

/** Jupyter is not opened, and of all notebooks one is executed, on a run of a few requests. */
async function tryNotebooks(
  [task = "", ...args]: readonly string[],
  { measured, output }: { readonly measured: string; readonly output: string },
): Promise<void> {
  if (task === "notebook") {
    const { code, output: said } = await runTask([task, "--dry-run"]);
    return assert.ok(code === 0 || /no JupyterLab or Jupyter Notebook/.test(said), said);
  }
  const files = args.filter((arg) => arg.endsWith(".ipynb"));
  const file = files.length > 0 ? files : ["notebooks/00_quickstart.ipynb"];
  const set = args.filter((arg) => arg === "--set" || arg.startsWith("RUN=")).map((arg) =>
    arg.startsWith("RUN=") ? `RUN=${measured}` : arg
  );
  const { code, output: said } = await runTask([task, ...file, ...set, "--output", output], {
    RUN: measured,
  });
  assert.equal(code, 0, said);
}

/** Profiles of the embedded engines as programs of their own. */
function servedEngines(): string {
  const serve = "[deno, task, serve, --sim-engine, sglang, --port, '{port}']";
  const ports = [1, 2].map(() => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    return listener.addr.port;
  });
  return `engines:\n${
    ports.map((port, i) =>
      `  served-${i + 1}: { based_on: sglang, command: ${serve}, port: ${port}, health_path: /v1/models }\n`
    ).join("")
  }`;
}

function isPort(arg: string, before: string | undefined): boolean {
  return arg === "--port" || before === "--port";
}

Deno.test("the example in the README runs", async () => {
  const markdown = await Deno.readTextFile(join(root, "README.md"));
  const code = markdown.match(/```ts\n([\s\S]*?)```/)?.[1];
  assert.ok(code !== undefined);
  await using engine = await startSimulatorWorker({ fixed: { ttftMs: 5, itlMs: 1 } });
  const here = code.replace("http://127.0.0.1:1919/v1", engine.baseUrl).replace("limit: 100", "limit: 3")
    .replace('"./mod.ts"', JSON.stringify(new URL("../../mod.ts", import.meta.url).href));
  const folder = await Deno.makeTempDir();
  const path = join(folder, "example.ts");
  await Deno.writeTextFile(path, here);
  const args = [
    "run",
    "--config",
    join(root, "deno.json"),
    "--check",
    "--allow-net=127.0.0.1",
    "--allow-read",
    path,
  ];
  const { code: exit, stdout, stderr } = await new Deno.Command("deno", { args }).output();
  assert.equal(exit, 0, new TextDecoder().decode(stderr));
  assert.match(new TextDecoder().decode(stdout), /^\d+\.?\d* ms to the first token/);
  await Deno.remove(folder, { recursive: true });
});
