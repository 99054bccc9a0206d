import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { codeCells, type Output, parseNotebook } from "../../lib/notebook/notebook_file.ts";
import { joinCells, namePlaces } from "../../notebooks/tools/type_check.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const testdata = join(root, "tests/testdata/notebooks");

async function inFolder(fn: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await fn(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A notebook of code cells; the first line of a cell may be its tag: "#figure". */
async function writeNotebook(path: string, sources: readonly string[]): Promise<string> {
  const cells = sources.map((source) => {
    const tag = source.match(/^#(\w+)\n/)?.[1];
    return {
      cell_type: "code",
      execution_count: null,
      metadata: tag === undefined ? {} : { tags: [tag] },
      outputs: [],
      source: tag === undefined ? source : source.slice(tag.length + 2),
    };
  });
  await Deno.writeTextFile(path, JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 4 }));
  return path;
}

interface ToolOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

/** A tool of notebooks/tools with the permissions of its task. */
function toolCommand(name: "run" | "html", args: readonly string[], { cwd = root, env = {} }: ToolOptions) {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--config", join(root, "notebooks/deno.json")],
      ...["--allow-ffi", "--allow-read", "--allow-write", "--allow-run", "--allow-net=127.0.0.1"],
      "--allow-env=NO_COLOR,FORCE_COLOR,CLICOLOR_FORCE,LOG_TOKENS,LOG_STREAM",
      ...[join(root, `notebooks/tools/${name}.ts`), ...args],
    ],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

async function runTool(name: "run" | "html", args: readonly string[], options: ToolOptions = {}) {
  const { code, stdout, stderr } = await toolCommand(name, args, options).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

async function outputsIn(path: string): Promise<(readonly Output[])[]> {
  return codeCells(parseNotebook(await Deno.readTextFile(path), path)).map(({ cell }) => cell.outputs);
}

/** What an output shows, as text. */
function textOf(output: Output): string {
  if (output.kind === "stream") return output.text.trim();
  if (output.kind === "error") return output.message;
  // deno-lint-ignore no-control-regex -- the kernel colours values
  return String(output.data["text/html"] ?? output.data["text/plain"]).replaceAll(/\x1b\[\d+m/g, "");
}

Deno.test("notebooks:run keeps every output, in order, of several notebooks at a time", () =>
  inFolder(async (folder) => {
    const copies = Array.from({ length: 4 }, (_, index) => join(folder, `copy_${index}.ipynb`));
    for (const copy of copies) await Deno.copyFile(join(testdata, "forty_outputs.ipynb"), copy);
    const out = join(folder, "executed");
    const { code, stdout, stderr } = await runTool("run", [...copies, "--output", out]);
    assert.equal(code, 0, stderr);
    assert.equal(stdout.match(/^ok .* 10 cells, 40 outputs, /gm)?.length, 4, stdout);
    const expected = Array.from({ length: 10 }, (_, index) => {
      const cell = index + 1;
      return [`before ${cell}`, `<b>shown ${cell}</b>`, `after ${cell}`, `"value ${cell}"`];
    });
    for (const copy of copies) {
      const outputs = await outputsIn(join(out, basename(copy)));
      assert.deepEqual(outputs.map((cell) => cell.map(textOf)), expected);
    }
    const executed = await Deno.readTextFile(join(out, "copy_0.ipynb"));
    const counts = [...executed.matchAll(/"execution_count": (\d+)/g)].map((match) => Number(match[1]));
    assert.deepEqual(counts, Array.from({ length: 20 }, (_, index) => Math.floor(index / 2) + 1));
  }));

/** What is wrong with a notebook, and what the command says of it. */
const failures: readonly (readonly [name: string, sources: readonly string[], said: RegExp])[] = [
  [
    "throws",
    [
      "1",
      "interface A { x: number }\n\nconst o = { a: 1, b: 2 };\n\nif (o.a === 1) throw new RangeError('no x');",
    ],
    /throws\.ipynb, cell 2: if \(o\.a === 1\) throw new RangeError\('no x'\);\n +RangeError: no x\n/,
  ],
  [
    "late",
    ["setTimeout(() => { throw new Error('in a timer'); }, 5); 1"],
    /late\.ipynb, cell 1: .*\n +Error: in a timer\n/,
  ],
  [
    "rejects",
    ["Promise.reject(new Error('nobody awaits')); 1"],
    /rejects\.ipynb, cell 1: .*\n +Error: nobody awaits\n/,
  ],
  [
    "figure",
    ["#figure\nconsole.log('text');"],
    /figure\.ipynb, cell 1: console.*\n +the cell is tagged figure and showed none\n +End it with await show/,
  ],
  ["exits", ["1", "Deno.exit(0)"], /exits\.ipynb, cell 2: Deno\.exit\(0\)\n +the kernel died\n/],
  [
    "loops",
    ["while (true) {}"],
    /loops\.ipynb, cell 1: while \(true\) \{\}\n +not done after 2 s\n +Give it more time/,
  ],
  [
    "types",
    ["const n: number = 1;", "// a line\nconst s: string = n;\nconst t: boolean = s;"],
    /TS2322 [\s\S]*types\.ipynb, cell 2, line 2:7[\s\S]*types\.ipynb, cell 2, line 3:7\n +Mend the code\. Nothing was executed\./,
  ],
];

Deno.test("notebooks:run fails where a notebook fails, and says which cell and why", () =>
  inFolder(async (folder) => {
    const paths = await Promise.all(
      failures.map(([name, sources]) => writeNotebook(join(folder, `${name}.ipynb`), sources)),
    );
    const good = await writeNotebook(join(folder, "good.ipynb"), ["1"]);
    const { code, stdout, stderr } = await runTool("run", [...paths, good, "--timeout", "2"]);
    assert.equal(code, 1);
    for (const [name, , said] of failures) {
      assert.match(stdout, new RegExp(`^FAIL .*/${name}\\.ipynb `, "m"));
      assert.match(stderr, said, name);
    }
    assert.match(stdout, /^ok .*\/good\.ipynb {2}1 cells, 1 outputs/m);
    assert.match(stderr, /^7 of 8 notebooks failed$/m);
    const left = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    assert.deepEqual(left.filter((name) => !name.endsWith(".ipynb")), []);
  }));

Deno.test("notebooks:run finds out about syntax and modules, of which the kernel says nothing", () =>
  inFolder(async (folder) => {
    const { code, stderr } = await runTool("run", [
      await writeNotebook(join(folder, "syntax.ipynb"), ["1", "\nconst = 3"]),
      await writeNotebook(join(folder, "module.ipynb"), [`import { a } from "../nowhere.ts";`]),
      // What is evaluated is not in the cells' modules: only the kernel can find it.
      await writeNotebook(join(folder, "dynamic.ipynb"), [`await import("../" + "nowhere.ts");`]),
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /SyntaxError: Unexpected token `=`.*\n +at .*syntax\.ipynb, cell 2, line 2:7\n/);
    assert.match(
      stderr,
      /Cannot find module .*nowhere\.ts[\s\S]*module\.ipynb, cell 1, line 1:19\n +Imports lead from/,
    );
    assert.match(
      stderr,
      /dynamic\.ipynb, cell 1: await import.*\n +TypeError: Module not found .*nowhere\.ts/,
    );
    assert.doesNotMatch(stderr, /backtrace|Execution failed/);
  }));

Deno.test("notebooks:run passes the environment on, and --set goes after the cell tagged parameters", () =>
  inFolder(async (folder) => {
    const notebook = join(testdata, "kinds_of_output.ipynb");
    const out = ["--output", folder];
    const executed = join(folder, basename(notebook));
    assert.equal((await runTool("run", [notebook, ...out], { env: { RUN: "latest" } })).code, 0);
    assert.deepEqual((await outputsIn(executed)).at(1)?.map(textOf), ["run latest", "careful"]);
    assert.equal((await runTool("run", [notebook, ...out, "--set", "RUN=a/b"])).code, 0);
    assert.deepEqual((await outputsIn(executed)).at(2)?.map(textOf), ["run a/b", "careful"]);
    const { code, stderr } = await runTool("run", [notebook, "--set", "runs=3"]);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^error: Cannot set runs as the cell tagged parameters of .* write there let runs = /,
    );
  }));

Deno.test("the notebooks of notebooks/ run, and leave no output in their files", async () => {
  const folder = join(root, "notebooks");
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  const paths = names.filter((name) => name.endsWith(".ipynb")).sort().map((name) => join(folder, name));
  const quick: string[] = [];
  for (const path of paths) {
    const text = await Deno.readTextFile(path);
    for (const { cell: { outputs } } of codeCells(parseNotebook(text, path))) {
      assert.deepEqual(outputs, [], path);
    }
    // Danfo.js is 400 MB to fetch.
    if (!/data_frame|danfojs/.test(text)) quick.push(path);
  }
  assert.ok(quick.length >= 6, `${quick}`);
  const { code, stdout, stderr } = await runTool("run", quick);
  assert.equal(code, 0, stdout + stderr);
});

for (
  const [what, write, message] of [
    ["is missing", () => {}, /^error: Cannot read .*a\.ipynb: it does not exist/],
    [
      "is of an older format",
      (path: string) => Deno.writeTextFileSync(path, `{"nbformat": 3}`),
      /^error: Cannot read .*a\.ipynb as 'nbformat' must be 4: current value is 3\. Open it in JupyterLab/,
    ],
    [
      "is in another language",
      (path: string) =>
        Deno.writeTextFileSync(
          path,
          `{"nbformat": 4, "cells": [], "metadata": {"kernelspec": {"language": "python"}}}`,
        ),
      /^error: Cannot execute .*a\.ipynb as its language must be typescript: current value is python\. Choose/,
    ],
  ] as const
) {
  Deno.test(`notebooks:run says what to do with a file that ${what}`, () =>
    inFolder(async (folder) => {
      const path = join(folder, "a.ipynb");
      write(path);
      const { code, stderr } = await runTool("run", [path]);
      assert.equal(code, 2);
      assert.match(stderr, message);
    }));
}

for (const name of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`notebooks:run ends its kernels on ${name} and leaves nothing`, () =>
    inFolder(async (folder) => {
      const mark = join(folder, "pid");
      const path = await writeNotebook(join(folder, "endless.ipynb"), [
        `Deno.writeTextFileSync(${JSON.stringify(`${mark}.part`)}, String(Deno.pid));
         Deno.renameSync(${JSON.stringify(`${mark}.part`)}, ${JSON.stringify(mark)});
         while (true) {}`,
      ]);
      const temp = join(folder, "temp");
      await Deno.mkdir(temp);
      const child = toolCommand("run", [path], { env: { TMPDIR: temp } }).spawn();
      const ended = child.output();
      const kernel = Number(await readWhenThere(mark));
      child.kill(name);
      assert.equal((await ended).code, 1);
      // Signal 0 of kill(1) asks only whether the process is there.
      const { success } = await new Deno.Command("kill", { args: ["-0", String(kernel)], stderr: "null" })
        .output();
      assert.ok(!success, `kernel ${kernel} is still there`);
      assert.deepEqual(await Array.fromAsync(Deno.readDir(temp), ({ name }) => name), []);
      assert.deepEqual((await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort(), [
        "endless.ipynb",
        "pid",
        "temp",
      ]);
    }));
}

async function readWhenThere(path: string): Promise<string> {
  for (;;) {
    try {
      return await Deno.readTextFile(path);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

Deno.test("notebooks:html writes pages that bring everything, with the error where a notebook fails", () =>
  inFolder(async (folder) => {
    const failing = await writeNotebook(join(folder, "failing.ipynb"), ["throw new Error('seen')"]);
    const { code, stdout } = await runTool(
      "html",
      [join(testdata, "kinds_of_output.ipynb"), failing, "--output", join(folder, "pages")],
    );
    assert.equal(code, 1);
    assert.match(stdout, /^ok .* 6 cells, 6 outputs, .* → .*pages\/kinds_of_output\.html$/m);
    const page = await Deno.readTextFile(join(folder, "pages/kinds_of_output.html"));
    assert.match(page, /<pre class="output stdout">run sample\n<\/pre>/);
    assert.match(page, /<table><tr><td>html<\/td><\/tr><\/table>/);
    assert.match(page, /<summary>Code of cell 2<\/summary>/);
    assert.doesNotMatch(page, /<script|<link|src="(?!data:)|url\(/);
    assert.match(
      await Deno.readTextFile(join(folder, "pages/failing.html")),
      /class="output error"[^>]*>Error: seen\n/,
    );
    await runTool("html", [join(testdata, "kinds_of_output.ipynb"), "--no-input", "--output", folder]);
    assert.doesNotMatch(await Deno.readTextFile(join(folder, "kinds_of_output.html")), /<details/);
  }));

Deno.test("namePlaces turns lines of a module into lines of cells", () => {
  const notebook = JSON.stringify({
    nbformat: 4,
    cells: ["a\nb", "c"].map((source) => ({ cell_type: "code", source })),
  });
  const module = joinCells(codeCells(parseNotebook(notebook, "a.ipynb")));
  assert.equal(module.text, "a\nb\n;\nc\n;\nexport {};\n");
  const place = (line: number) =>
    namePlaces(`at file:///x/.a.1.ts:${line}:5`, { file: ".a.1.ts", module, path: "a.ipynb" });
  assert.deepEqual([1, 2, 4].map(place), [
    "at a.ipynb, cell 1, line 1:5",
    "at a.ipynb, cell 1, line 2:5",
    "at a.ipynb, cell 2, line 1:5",
  ]);
  assert.equal(place(6), "at a.ipynb");
});
