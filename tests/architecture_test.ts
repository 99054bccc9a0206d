/**
 * The rules of ARCHITECTURE.md that a machine can keep.
 */
import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import { BENCHBOOK_VERSION } from "../lib/artifact/environment.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** What each folder of lib/ may import from other folders of lib/. Files beside them (types.ts, …) are open to all. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  workload: [],
  schedule: ["workload"],
  sources: ["workload"],
  metrics: [],
  plots: ["metrics"],
  report: ["plots", "metrics"],
  client: [],
  engines: ["client"],
  telemetry: [],
  simulator: [],
  artifact: [],
  std: [],
  notebook: ["metrics", "plots", "report", "artifact", "modes"],
  modes: [
    "workload",
    "schedule",
    "sources",
    "metrics",
    "client",
    "engines",
    "simulator",
    "telemetry",
    "artifact",
  ],
  cli: [
    ...[
      "workload",
      "schedule",
      "sources",
      "metrics",
      "plots",
      "report",
      "client",
      "engines",
      "simulator",
      "telemetry",
      "artifact",
    ],
    "modes",
    "notebook",
  ],
};

/** Where the world is in reach: clock, chance, network, disk, terminal. Everything else in lib/ is pure. */
const worldlyPlaces = [
  ...[
    "lib/clock.ts",
    "lib/replace_file.ts",
    "lib/read_text_file.ts",
    "lib/sources/",
    "lib/client/models.ts",
    "lib/client/transports/",
    "lib/engines/launch/",
  ],
  ...[
    "lib/artifact/comparison_file.ts",
    "lib/artifact/environment.ts",
    "lib/artifact/find_run.ts",
    "lib/artifact/list_runs.ts",
    "lib/artifact/read.ts",
    "lib/artifact/record_file.ts",
    "lib/artifact/telemetry_file.ts",
    "lib/artifact/write.ts",
    "lib/simulator/server.ts",
  ],
  ...[
    "lib/simulator/worker.ts",
    "lib/simulator/worker_thread.ts",
    "lib/report/publish.ts",
    "lib/report/client/",
  ],
  ...[
    "lib/notebook/csv.ts",
    "lib/notebook/display.ts",
    "lib/notebook/open.ts",
    "lib/notebook/plan_capacity.ts",
  ],
  ...[
    "lib/modes/run_cells.ts",
    "lib/modes/online_run.ts",
    "lib/modes/compare/run_comparison.ts",
    "lib/modes/compare/gather_runs.ts",
    "lib/cli/",
  ],
];
const worldly =
  /\b(Date\.now|new Date\(\)|performance\.now|Math\.random|fetch\(|Deno\.|set(Timeout|Interval|Immediate)\(|new (Worker|OpenAI)\b|globalThis|self\.|node:(https?|fs|net|os)\b)/;

interface SourceFile {
  /** From the root: "lib/metrics/ttft.ts". */
  readonly path: string;
  readonly text: string;
  /** From the root; packages are left out. */
  readonly imports: readonly string[];
}

function readSources(folder: string): SourceFile[] {
  return [...Deno.readDirSync(join(root, folder))].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) return readSources(path);
    if (!path.endsWith(".ts") || path.endsWith(".d.ts")) return [];
    const text = Deno.readTextFileSync(join(root, path));
    const imports = [...withoutComments(text).matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)]
      .map((match) => relative(root, join(root, dirname(path), match[1] ?? "")));
    return [{ path, text, imports }];
  });
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
}

const sources = readSources("lib");
const folderOf = (path: string) => path.split("/").length > 2 ? path.split("/")[1] : undefined;

Deno.test("every folder of lib/ is in the table of imports", () => {
  const folders = [...Deno.readDirSync(join(root, "lib"))].filter((entry) => entry.isDirectory);
  assert.deepEqual(folders.map(({ name }) => name).filter((name) => !(name in mayImport)), []);
});

Deno.test("imports point from left to right only", () => {
  const wrong = sources.flatMap(({ path, imports }) => {
    const from = folderOf(path);
    if (from === undefined) return [];
    return imports
      .filter((target) => {
        const to = folderOf(target);
        return target.startsWith("lib/") && to !== undefined && to !== from && !mayImport[from]?.includes(to);
      })
      .map((target) => `${path} imports ${target}`);
  });
  assert.deepEqual(wrong, []);
});

Deno.test("no import leads in a circle", () => {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const visit = (path: string, above: readonly string[]): void => {
    assert.ok(!above.includes(path), `circle: ${[...above, path].join(" → ")}`);
    if (done.has(path)) return;
    for (const target of byPath.get(path)?.imports ?? []) visit(target, [...above, path]);
    done.add(path);
  };
  for (const { path } of sources) visit(path, []);
});

Deno.test("pure files do not touch the world", () => {
  const wrong = sources
    .filter(({ path }) => !worldlyPlaces.some((place) => path.startsWith(place)))
    .flatMap(({ path, text }) => {
      const match = withoutComments(text).match(worldly);
      return match === null ? [] : [`${path} uses ${match[0]}`];
    });
  assert.deepEqual(wrong, []);
});

Deno.test("every worldly place touches the world", () => {
  const touches = (place: string) =>
    sources.some(({ path, text }) => path.startsWith(place) && worldly.test(text));
  assert.deepEqual(worldlyPlaces.filter((place) => !touches(place)), []);
});

Deno.test("no folder is a drawer for everything", () => {
  const names = sources.flatMap(({ path }) => path.replace(/\.ts$/, "").split("/"));
  assert.deepEqual(
    names.filter((name) => /^(utils?|helpers?|common|core|misc|manager|service)$/.test(name)),
    [],
  );
});

Deno.test("the version that artifacts carry is that of deno.json", () => {
  const config = Deno.readTextFileSync(join(root, "deno.json"));
  assert.equal(BENCHBOOK_VERSION, config.match(/"version": "([^"]+)"/)?.[1]);
});

Deno.test("files stay short", () => {
  const long = sources.filter(({ path, text }) => text.split("\n").length > 400 && path !== "lib/words.ts");
  assert.deepEqual(long.map(({ path }) => path), []);
});
