/**
 * `deno task data:longbench` and `data:sharegpt`, run as a user would.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { findSourceFiles } from "../../lib/sources/dataset_sources.ts";
import { readDatasetFile } from "../../lib/sources/dataset_file.ts";
import { writeRows } from "../../lib/sources/write_rows.ts";
import { longBenchSubsets } from "../../lib/workload/datasets/longbench.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const LONGBENCH = "data/samples/longbench.jsonl";
const SHAREGPT = "data/samples/sharegpt.json";
const ESTIMATE = ["--tokenizer", "estimate"];

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function convert(task: "longbench" | "sharegpt", ...args: string[]): Promise<Ended> {
  const command = new Deno.Command("deno", { args: ["task", "--quiet", `data:${task}`, ...args], cwd: root });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: withoutDownloads(decoder.decode(stderr)) };
}

/** Deno tells what it downloads where its cache is empty. */
function withoutDownloads(stderr: string): string {
  return stderr.replaceAll(/^.*Download.* https:.*\n/gm, "");
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function readRows(path: string): Promise<Record<string, unknown>[]> {
  return (await Deno.readTextFile(path)).trim().split("\n").map((line) => JSON.parse(line));
}

Deno.test("data:longbench writes every subset's rows, which are a dataset", () =>
  inFolder(async (folder) => {
    const output = join(folder, "new", "a.jsonl");
    const { code, stdout, stderr } = await convert("longbench", LONGBENCH, "--output", output);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /a\.jsonl: 22 rows, .*\nsets: 2wikimqa 1, .*\n/);
    assert.match(
      stdout,
      /\nprompt tokens: p50 [\d.]+, p90 \d+, max \d+ of 22 prompts\ntokens: tokenizer Qwen3\n/,
    );
    const rows = await readRows(output);
    assert.deepEqual(Object.keys(rows[0] ?? {}), ["id", "text", "max_tokens", "dataset", "language"]);
    const { entries, badRows } = await readDatasetFile(output);
    assert.deepEqual([entries.length, badRows.length], [22, 0]);
    for (const { name, maxTokens } of longBenchSubsets) {
      const i = rows.findIndex(({ dataset }) => dataset === name);
      assert.equal(entries[i]?.maxTokens, maxTokens);
    }
    assert.deepEqual([...Deno.readDirSync(join(folder, "new"))].map(({ name }) => name), ["a.jsonl"]);
  }));

Deno.test("data:longbench reads folders, says what it left out, and --json prints one line", () =>
  inFolder(async (folder) => {
    const sources = join(folder, "sources", "data");
    await Deno.mkdir(sources, { recursive: true });
    const row = (id: string, context: string) => JSON.stringify({ _id: id, context, input: "Why?" });
    await Deno.writeTextFile(join(sources, "qasper.jsonl"), `${row("a", "one two")}\n{"context": 5}\n`);
    await Deno.writeTextFile(
      join(sources, "trec.jsonl"),
      `${row("a", "one")}\n${row("b", "one two")}\nnope\n`,
    );
    await Deno.writeTextFile(join(sources, "notes.txt"), "not a dataset");
    await Deno.writeTextFile(join(sources, "trec.jsonl.source.json"), "{}");
    const output = join(folder, "out.jsonl");
    const flags = ["--output", output, "--form", "context-question", "--no-shuffle", "--json", ...ESTIMATE];
    const { code, stdout, stderr } = await convert("longbench", join(folder, "sources"), ...flags);
    assert.equal(code, 1);
    assert.deepEqual(
      stderr.trim().split("\n").map((line) => line.slice(sources.length, sources.length + 24)),
      [
        "/qasper.jsonl:2: left ou",
        "/trec.jsonl:3: left out:",
      ],
    );
    assert.equal(stdout.trim().split("\n").length, 1);
    const { rows, brokenRows, leftOut, promptTokens } = JSON.parse(stdout);
    assert.deepEqual([rows, brokenRows, promptTokens.count], [2, 2, 2]);
    assert.deepEqual(leftOut.map(({ reason, first }: Record<string, string>) => [reason, first]), [
      ["the _id of an earlier row", join(sources, "trec.jsonl:1")],
    ]);
    assert.deepEqual(await readRows(output), [
      { id: "a", text: "one two\n\nQuestion: Why?", max_tokens: 128, dataset: "qasper" },
      { id: "b", text: "one two\n\nQuestion: Why?", max_tokens: 64, dataset: "trec" },
    ]);
  }));

Deno.test("data:sharegpt writes what users said, or conversations with their answers", () =>
  inFolder(async (folder) => {
    const users = join(folder, "users.jsonl");
    const { code, stdout } = await convert("sharegpt", SHAREGPT, "--output", users, ...ESTIMATE);
    assert.equal(code, 0);
    assert.match(stdout, /users\.jsonl: 4 rows, .*\n7 turns of the user, 0 sessions cut short\n/);
    assert.match(
      stdout,
      /left out: 1 row, 0 broken\n {2}1: no turn of the user, the first data\/samples\/sharegpt\.json:\d+/,
    );
    const { entries } = await readDatasetFile(users);
    assert.deepEqual(entries.map(({ id, turns }) => [id, turns.length]), [
      ...[["kettle_0", 2], ["loop_0", 3], ["festival_0", 1], ["rest_0", 1]],
    ]);
    const chats = join(folder, "chats.jsonl");
    const flags = ["--keep-answers", "--min-turns", "2", "--max-turns", "2", "--output", chats, ...ESTIMATE];
    assert.match(
      (await convert("sharegpt", SHAREGPT, ...flags)).stdout,
      /4 turns of the user, 1 session cut short/,
    );
    const kept = await readDatasetFile(chats);
    assert.deepEqual(
      kept.entries.map(({ form, turns }) => [form, turns.map(({ role }) => role[0]).join("")]),
      [
        ...[["messages", "uaua"], ["messages", "suaua"]],
      ],
    );
  }));

Deno.test("data:sharegpt takes the first sessions, or draws them with a seed", () =>
  inFolder(async (folder) => {
    const source = join(folder, "many.json");
    const data = Array.from(
      { length: 200 },
      (_, i) => ({ id: `s${i}`, conversations: [{ from: "human", value: "Hi" }] }),
    );
    await Deno.writeTextFile(source, JSON.stringify({ version: 1, data }));
    const draw = async (...flags: string[]) => {
      const output = join(folder, "out.jsonl");
      await convert(
        "sharegpt",
        source,
        "--max-sessions",
        "20",
        "--force",
        "--output",
        output,
        ...ESTIMATE,
        ...flags,
      );
      return (await readRows(output)).map((row) => Number(String(row["session_id"]).slice(1)));
    };
    assert.deepEqual(await draw(), Array.from({ length: 20 }, (_, i) => i));
    const drawn = await draw("--seed", "1");
    assert.equal(new Set(drawn).size, 20);
    assert.deepEqual(drawn, drawn.toSorted((a, b) => a - b));
    assert.ok((drawn.at(-1) ?? 0) > 100 && (drawn[0] ?? 0) < 100, drawn.join());
    assert.deepEqual(await draw("--seed", "1"), drawn);
    assert.notDeepEqual(await draw("--seed", "2"), drawn);
  }));

Deno.test("what is wrong ends with 2, and files that are there stay", () =>
  inFolder(async (folder) => {
    const output = join(folder, "out.jsonl");
    const there = join(folder, "there.jsonl");
    await Deno.writeTextFile(there, '{"text": "a"}\n');
    const cases: readonly ["longbench" | "sharegpt", string[], RegExp][] = [
      ["longbench", [LONGBENCH, "--output", there], /as it exists already: --force replaces it/],
      ["longbench", [there, "--output", there, "--force"], /as it is one of the sources/],
      ["longbench", [LONGBENCH, "--output", folder], /as it is a folder/],
      ["longbench", [LONGBENCH], /required option '--output <file>' not specified/],
      ["longbench", [LONGBENCH, "--output", output, "--subsets", "qaspar"], /did you mean qasper\?/],
      [
        "longbench",
        [LONGBENCH, "--output", output, "--min-tokens", "9", "--max-tokens", "8"],
        /they are 9 and 8/,
      ],
      ["longbench", [LONGBENCH, "--output", output, "--truncate", "1"], /no room for the document/],
      ["longbench", ["no/such.jsonl", "--output", output], /as it does not exist: no\/such\.jsonl/],
      ["longbench", ["tests/testdata/datasets/zip.jsonl", "--output", output], /is a zip archive/],
      ["longbench", ["data/datasets/questions_en.jsonl", "--output", output], /'context' must be a text/],
      ["sharegpt", ["lib/cli", "--output", output], /lib\/cli has none/],
      ["sharegpt", ["tests/testdata/datasets/empty.jsonl", "--output", output], /as no row can be used$/],
      [
        "sharegpt",
        [SHAREGPT, "--output", output, "--min-turns", "9"],
        /4 rows: fewer than 9 turns of the user \(data\/samples\/sharegpt\.json:\d+\)$/,
      ],
      ["sharegpt", [SHAREGPT, "--output", output, "--roles", "bot=robot"], /It must look like name=role/],
      [
        "sharegpt",
        [SHAREGPT, "--output", output, "--min-turns", "3", "--max-turns", "2"],
        /they are 3 and 2/,
      ],
    ];
    for (const [task, args, message] of cases) {
      const { code, stdout, stderr } = await convert(task, ...args, ...ESTIMATE);
      assert.deepEqual([code, stdout], [2, ""], stderr);
      assert.match(stderr.trim(), message);
    }
    assert.equal(await Deno.readTextFile(there), '{"text": "a"}\n');
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["there.jsonl"]);
  }));

Deno.test("an address is downloaded once, and what is no file is not used", () =>
  inFolder(async (folder) => {
    let requests = 0;
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        requests++;
        return request.url.endsWith("/qasper.jsonl?download=true")
          ? new Response(await Deno.readTextFile(join(root, LONGBENCH)))
          : new Response("gone", { status: 404 });
      },
    );
    const url = `http://127.0.0.1:${server.addr.port}/data/qasper.jsonl?download=true`;
    const options = { downloadDirectory: folder };
    const [file] = await findSourceFiles([url, url], options);
    assert.deepEqual([file?.label, file?.name], [url, "qasper"]);
    assert.equal(await Deno.readTextFile(file?.path ?? ""), await Deno.readTextFile(join(root, LONGBENCH)));
    await findSourceFiles([url], options);
    assert.equal(requests, 1);
    await Deno.writeTextFile(file?.path ?? "", "changed");
    await assert.rejects(findSourceFiles([url], options), /as it changed since it was downloaded/);
    await assert.rejects(findSourceFiles([url.replace("qasper", "none")], options), /the server answers 404/);
  }));

Deno.test("writeRows() leaves the file that is there when making a row fails", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.jsonl");
    await writeRows(path, [{ a: 1 }]);
    async function* rows(): AsyncGenerator<object> {
      yield await Promise.resolve({ text: "x".repeat(100_000) });
      throw new SyntaxError("broken");
    }
    await assert.rejects(writeRows(path, rows()), { message: "broken" });
    assert.equal(await Deno.readTextFile(path), '{"a":1}\n');
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["a.jsonl"]);
    await assert.rejects(writeRows(join(path, "b.jsonl"), []), {
      name: "RunError",
      message: /^Cannot write /,
    });
  }));
