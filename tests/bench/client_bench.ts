/**
 * `deno task bench:client`: processor time per streamed token of this client, of npm:openai's `for await`, and of a
 * C program that only reads and counts.
 *
 * The server floods 64 streams from a process of its own. Each round measures all of them one after the other.
 *
 * @module
 */
import process from "node:process";
import OpenAI from "openai";

import { drive, openaiChat, transports } from "../../lib/client/mod.ts";
import { realClock } from "../../lib/clock.ts";
import { simulated } from "../../lib/engines/mod.ts";
import { makeRequests } from "../testdata/target.ts";
import { median, printTable } from "./table.ts";

const STREAMS = 64;
const TOKENS = 800;
const ROUNDS = 5;

/** Processor time of this process, in s. */
function cpuS(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Answers µs of processor time per token. */
type Client = () => Promise<number>;

function ownClient(transportName: string, baseUrl: string): Client {
  const clock = realClock();
  const transport = transports[transportName]?.(clock);
  if (transport === undefined) {
    throw new RangeError(`Cannot measure as there is no transport ${transportName}`);
  }
  const target = {
    ...{ baseUrl, model: "any", protocol: openaiChat, quirks: simulated.quirks },
    ...{ headers: {}, timeoutMs: 60_000, secrets: [] },
  };
  return async () => {
    let tokens = 0;
    const before = cpuS();
    await drive(makeRequests(STREAMS, TOKENS), { kind: "open", arrivalsMs: new Array(STREAMS).fill(0) }, {
      ...{ target, clock, transport, leadMs: 5 },
      onRecord: (record) => tokens += record.ticsMs.length,
    });
    return perToken(cpuS() - before, tokens);
  };
}

function openaiForAwait(baseUrl: string): Client {
  const client = new OpenAI({ baseURL: baseUrl, apiKey: "none", maxRetries: 0 });
  return async () => {
    let tokens = 0;
    const before = cpuS();
    await Promise.all(
      makeRequests(STREAMS, TOKENS).map(async () => {
        const messages = [{ role: "user" as const, content: "hello" }];
        const stream = await client.chat.completions.create({ model: "any", stream: true, messages });
        for await (const chunk of stream) if (chunk.choices[0]?.delta.content) tokens++;
      }),
    );
    return perToken(cpuS() - before, tokens);
  };
}

/** Compiles the reference. @returns `null`, with a line saying so, where there is no compiler. */
async function referenceClient(port: number): Promise<Client | null> {
  const source = new URL("./reference_client.c", import.meta.url).pathname;
  const binary = "data/runs/reference_client";
  await Deno.mkdir("data/runs", { recursive: true });
  try {
    const { success } = await new Deno.Command("gcc", { args: ["-O2", "-o", binary, source] }).output();
    if (!success) throw new Error("it does not compile");
  } catch (error) {
    printTable(`The C reference is left out: ${(error as Error).message}`, [], []);
    return null;
  }
  return async () => {
    const { stdout } = await new Deno.Command(`./${binary}`, { args: [String(port), String(STREAMS)] })
      .output();
    const result = JSON.parse(new TextDecoder().decode(stdout));
    return perToken(result.cpuS, result.events - STREAMS); // one finish chunk per stream
  };
}

function perToken(seconds: number, tokens: number): number {
  if (tokens !== STREAMS * TOKENS) {
    throw new Error(`Cannot trust the run: ${tokens} of ${STREAMS * TOKENS} tokens came`);
  }
  return seconds * 1e6 / tokens;
}

const server = new Deno.Command("deno", {
  args: [
    "run",
    "--allow-net=127.0.0.1",
    new URL("./flood_server.ts", import.meta.url).pathname,
    String(TOKENS),
  ],
  stdout: "piped",
}).spawn();
try {
  const reader = server.stdout.getReader();
  const port = Number(new TextDecoder().decode((await reader.read()).value));
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  const reference = await referenceClient(port);
  const clients: [string, Client][] = [
    ...(reference ? [["C, reads and counts", reference] as [string, Client]] : []),
    ...Object.keys(transports).map((
      name,
    ): [string, Client] => [`benchbook, ${name}`, ownClient(name, baseUrl)]),
    ["npm:openai, for await", openaiForAwait(baseUrl)],
  ];
  const samples = new Map(clients.map(([name]) => [name, [] as number[]]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, client] of clients) {
      const us = await client();
      if (round > 0) samples.get(name)?.push(us); // the first round is the warm-up
    }
  }
  const own = median(samples.get("benchbook, node") ?? []);
  printTable(
    `Processor time per token, ${STREAMS} streams × ${TOKENS} tokens in flood, ${ROUNDS} rounds, µs`,
    ["", "median", "min", "max", "× benchbook, node"],
    [...samples].map(([name, us]) => [
      name,
      ...[median(us), Math.min(...us), Math.max(...us)].map((value) => value.toFixed(2)),
      (median(us) / own).toFixed(2),
    ]),
  );
} finally {
  server.kill();
  await server.status;
}
Deno.exit(0);
