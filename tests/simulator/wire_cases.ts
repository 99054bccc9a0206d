/**
 * What the wire transcripts in tests/golden/wire/ are made of: requests to each engine's surface, in virtual time.
 */
import { virtualClock } from "../../lib/clock.ts";
import { inProcessTransport } from "../../lib/simulator/in_process.ts";
import type { SimulatorOptions } from "../../lib/simulator/options.ts";

/** One request of a transcript. */
interface Ask {
  readonly method?: "GET" | "POST";
  readonly path: string;
  /** JSON, or text that is none. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One transcript: `<engine>_<name>.txt`. */
export interface WireCase {
  readonly engine: string;
  readonly name: string;
  readonly options: SimulatorOptions;
  /** Each is sent when the one before has ended. */
  readonly asks: readonly Ask[];
}

const KNOWN: SimulatorOptions = { fixed: { ttftMs: 50, itlMs: 5 }, contextTokens: 40 };
const SCHEDULED: SimulatorOptions = { model: "Qwen3-0.6B", tp: 1 };
const MODEL = "Qwen/Qwen3-32B";

const chat = (body: object): Ask => ({
  path: "/v1/chat/completions",
  body: { model: MODEL, messages: [{ role: "user", content: "hello world" }], ...body },
});
const complete = (body: object): Ask => ({ path: "/v1/completions", body: { model: MODEL, ...body } });
const generate = (body: object): Ask => ({ path: "/generate", body });
const get = (path: string): Ask => ({ method: "GET", path });
/** A prompt that takes `n` tokens more than the template. */
const long = (n: number) => ({
  messages: [{ role: "user", content: "word".concat(" word".repeat(n - 1)) }],
});
const small = (body: object): Ask => chat({ model: "Qwen/Qwen3-0.6B", max_tokens: 1, ...body });
const usage = { stream: true, stream_options: { include_usage: true } };
const continuous = { stream: true, stream_options: { include_usage: true, continuous_usage_stats: true } };

/** Bodies that every engine refuses. */
const broken: readonly Ask[] = [
  { path: "/v1/chat/completions", body: '{"model": ' },
  { path: "/v1/chat/completions", body: [] },
  chat({ messages: [] }),
  chat({ messages: [{ role: "user" }, 7] }),
  chat({ max_tokens: 1.5 }),
  chat({ max_tokens: "many" }),
  chat({ max_tokens: -1 }),
  get("/v1/chat/completions"),
  get("/nowhere"),
];

/** Every transcript. */
export const wireCases: readonly WireCase[] = [
  ...forEngine("mini-sglang", {
    chat: [KNOWN, chat({ max_tokens: 3, stream: false }), chat({ max_tokens: 1, model: "any" })],
    stop: [
      { ...SCHEDULED, meanAnswerTokens: 3 },
      chat({ max_tokens: 99 }),
      generate({ prompt: "a", max_tokens: 99 }),
    ],
    generate: [KNOWN, generate({ prompt: "hello", max_tokens: 3, ignore_eos: true })],
    discovery: [KNOWN, get("/v1"), { path: "/v1" }, get("/v1/models")],
    errors: [
      { ...KNOWN, overlong: "reject" },
      ...broken,
      chat({ messages: [{ role: "user", content: [{ type: "text", text: "hello" }] }] }),
      generate({}),
      chat(long(32)),
    ],
  }),
  ...forEngine("sglang", {
    chat_stream: [KNOWN, chat({ max_tokens: 3, stream: true }), chat({ max_tokens: 1, ...usage })],
    chat_continuous: [KNOWN, chat({ max_completion_tokens: 2, ...continuous })],
    chat_whole: [KNOWN, chat({ max_tokens: 3, model: "any" }), chat({ ...long(30), ignore_eos: true })],
    chat_parts: [KNOWN, chat({ max_tokens: 1, messages: PARTS() })],
    completion_stream: [KNOWN, complete({ prompt: "hello", max_tokens: 2, ...continuous })],
    completion_whole: [
      KNOWN,
      complete({ prompt: [1, 2, 3], max_tokens: 2 }),
      complete({ prompt: ["hello"] }),
    ],
    generate_stream: [
      KNOWN,
      generate({ text: "hello", sampling_params: { max_new_tokens: 3 }, stream: true }),
    ],
    generate_whole: [
      KNOWN,
      generate({ input_ids: [1, 2, 3], sampling_params: { max_new_tokens: 3 }, rid: "mine" }),
    ],
    stop: [
      { ...SCHEDULED, meanAnswerTokens: 3 },
      small({ max_tokens: 99, ...usage }),
      complete({ prompt: "a", max_tokens: 99, stream: true }),
    ],
    cached: [
      SCHEDULED,
      small({}),
      small(usage),
      complete({ prompt: [1, 2, 3], max_tokens: 1 }),
      complete({ prompt: [1, 2, 3, 4], max_tokens: 1, ...usage }),
    ],
    discovery: [
      KNOWN,
      ...["/v1/models", "/model_info", "/get_model_info", "/get_server_info", "/health", "/flush_cache"].map(
        get,
      ),
      { path: "/flush_cache" },
      { path: "/simulator/lag" },
      get("/simulator"),
    ],
    errors: [
      KNOWN,
      ...broken,
      chat({ messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "" } }] }] }),
      chat({ n: 2 }),
      chat({ min_tokens: 9, max_tokens: 3 }),
      complete({ prompt: "", max_tokens: 1 }),
      complete({ prompt: "a", max_tokens: 0 }),
      complete({ prompt: ["a", "b"] }),
      complete({ prompt: [1, 2 ** 40] }),
      generate({ sampling_params: { max_new_tokens: 1 } }),
      generate({ text: "a", sampling_params: [] }),
      generate({ text: "a", sampling_params: { max_new_tokens: -1 } }),
      chat({ ...long(32), max_tokens: 1, stream: true }),
      chat({ ...long(20), max_tokens: 12 }),
      generate({ text: "a ".repeat(40), stream: true }),
    ],
  }),
  ...forEngine("vllm", {
    chat_stream: [
      KNOWN,
      chat({ max_tokens: 3, stream: true }),
      { ...chat({ max_tokens: 1, ...usage }), headers: { "x-request-id": "mine" } },
    ],
    chat_continuous: [KNOWN, chat({ max_completion_tokens: 2, ...continuous })],
    chat_whole: [KNOWN, chat({ max_tokens: 3 }), chat({ ...long(30), ignore_eos: true })],
    chat_parts: [KNOWN, chat({ max_tokens: 1, messages: PARTS() })],
    completion_stream: [KNOWN, complete({ prompt: "hello", max_tokens: 2, ...continuous })],
    completion_whole: [
      KNOWN,
      complete({ prompt: [1, 2, 3], max_tokens: 2 }),
      complete({ prompt: ["hello"] }),
    ],
    stop: [
      { ...SCHEDULED, meanAnswerTokens: 3 },
      small({ max_tokens: 99, ...usage }),
      small({ max_tokens: 99, messages: [{ role: "user", content: "b" }] }),
      complete({ model: undefined, prompt: "a", max_tokens: 99, stream: true }),
    ],
    cached: [SCHEDULED, small({}), small({}), small(usage)],
    discovery: [
      KNOWN,
      ...["/v1/models", "/version", "/health", "/ping"].map(get),
      { path: "/reset_prefix_cache" },
      { path: "/simulator/lag" },
      get("/simulator"),
    ],
    errors: [
      KNOWN,
      ...broken,
      chat({ model: "gpt-4" }),
      chat({ max_tokens: 0 }),
      chat({ max_tokens: 41 }),
      chat({ stream_options: { include_usage: true } }),
      chat({ min_tokens: 9, max_tokens: 3 }),
      complete({ prompt: "" }),
      complete({ prompt: ["a", "b"] }),
      chat({ ...long(32), stream: true }),
      chat({ ...long(20), max_tokens: 13 }),
    ],
  }),
];

function PARTS(): object[] {
  const content = [{ type: "text", text: "hello" }, { type: "text", text: "world" }];
  return [{ role: "system", content }, { role: "user", content: "hello" }];
}

function forEngine(
  engine: string,
  cases: Readonly<Record<string, readonly [SimulatorOptions, ...Ask[]]>>,
): WireCase[] {
  return Object.entries(cases).map(([name, [options, ...asks]]) => ({
    ...{ engine, name, options: { ...options, engine }, asks },
  }));
}

/** File of a transcript in tests/golden/wire/. */
export function transcriptFile({ engine, name }: WireCase): string {
  return `${engine}_${name}.txt`;
}

/** Everything a client sees: status, headers, body; and when, where the cost model has no say in that. */
export function transcribe({ options, asks }: WireCase): string {
  const clock = virtualClock();
  const transport = inProcessTransport(options, clock);
  const showsTime = options.fixed !== undefined;
  return asks.map((ask) => transcribeOne(ask, { clock, transport, showsTime })).join("\n");
}

interface Line {
  readonly clock: ReturnType<typeof virtualClock>;
  readonly transport: ReturnType<typeof inProcessTransport>;
  readonly showsTime: boolean;
}

function transcribeOne(
  { method = "POST", path, body, headers = {} }: Ask,
  { clock, transport, showsTime }: Line,
): string {
  const sentMs = clock.now();
  const after = (atMs: number) => showsTime ? ` after ${Math.round(1000 * (atMs - sentMs)) / 1000} ms` : "";
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const decoder = new TextDecoder();
  let seen = `${method} ${path}${text === "" ? "" : ` ${text}`}\n`;
  const bytes = new TextEncoder().encode(text);
  transport.send({ method, url: `http://simulator${path}`, headers, body: bytes }, {
    onHeaders(status, received, atMs) {
      const lines = Object.entries(received).map(([name, value]) => `${name}: ${value}\n`);
      seen += `--- ${status}${after(atMs)}\n${lines.join("")}\n`;
    },
    onBytes: (received) => {
      seen += decoder.decode(received, { stream: true });
    },
    onEnd: (atMs) => {
      seen += `${seen.endsWith("\n") ? "" : "\n"}--- end${after(atMs)}\n`;
    },
    onError: (error) => {
      seen += `--- ${error.kind}\n`;
    },
  });
  clock.run();
  return seen;
}
