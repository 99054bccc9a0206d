/**
 * A server that behaves as an engine does while it loads and when it is stopped, in every mood.
 *
 * deno run -A fake_engine.ts --port 8000 [--host 127.0.0.1] [--mood MOOD] [--delay MS] [--pids FILE]
 */
const flags = new Map<string, string>();
for (let i = 0; i < Deno.args.length; i++) {
  const name = Deno.args[i] ?? "";
  if (name.startsWith("--")) flags.set(name.slice(2), Deno.args[i + 1] ?? "");
}
const mood = flags.get("mood") ?? "good";
const delayMs = Number(flags.get("delay") ?? 0);
const log = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
const pids = [Deno.pid];

log(`arguments: ${Deno.args.join(" ")}`);
log(`FAKE_GREETING=${Deno.env.get("FAKE_GREETING") ?? ""}`);
if (mood === "family" || mood === "orphan") {
  // A worker that nobody waits for and that does not want to end.
  const worker = new Deno.Command("sh", { args: ["-c", "trap '' TERM; while :; do sleep 0.1; done"] })
    .spawn();
  pids.push(worker.pid);
}
if (mood === "stubborn") Deno.addSignalListener("SIGTERM", () => log("SIGTERM ignored"));
const pidFile = flags.get("pids");
if (pidFile !== undefined) Deno.writeTextFileSync(pidFile, pids.join(" "));

for (let line = 1; line <= 30; line++) log(`loading shard ${line}`);
if (mood === "dies" || mood === "orphan") {
  Deno.stderr.writeSync(new TextEncoder().encode("torch.OutOfMemoryError: CUDA out of memory\n"));
  Deno.exit(3);
}
await new Promise((resolve) => setTimeout(resolve, delayMs));

const startMs = performance.now();
Deno.serve(
  {
    hostname: flags.get("host") ?? "127.0.0.1",
    port: Number(flags.get("port")),
    onListen: () => log("ready"),
  },
  (request) => {
    const { pathname } = new URL(request.url);
    if (mood === "never" || performance.now() - startMs < delayMs) {
      return new Response("loading", { status: 503 });
    }
    switch (pathname) {
      case "/health":
        return new Response("ok");
      case "/v1/models":
        if (mood === "locked") return new Response("no key", { status: 401 });
        return Response.json({ data: [{ id: flags.get("model") ?? "fake", owned_by: "fake" }] });
      case "/version":
        return Response.json({ version: "1.2.3", api_key: "never recorded" });
      case "/crash":
        setTimeout(() => Deno.exit(9), 10);
        return new Response("as you wish");
      default:
        return new Response("not found", { status: 404 });
    }
  },
);
