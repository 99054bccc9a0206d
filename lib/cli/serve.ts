/**
 * `deno task serve`: the simulated engine by itself.
 *
 * @module
 */
import { Command, Option } from "@commander-js/extra-typings";

import { describeSimulator } from "../simulator/options.ts";
import { serveSimulator } from "../simulator/server.ts";
import { print } from "./console.ts";
import { runCommand } from "./exit.ts";
import { integer, simulatorFlags, simulatorOptions } from "./flags.ts";

const EXAMPLES = `
Examples:
  deno task serve
      Qwen3-32B on 4 × H200 at http://127.0.0.1:1919/v1
  deno task serve --sim-engine sglang --gpu H100 --tp 8 --port 30000
      With SGLang's wire format, /flush_cache and /metrics.
  deno task serve --sim-preset fixed:50:5 --port 8000
      Every first token after 50 ms, every next one 5 ms later: to check a client against a known answer.

GET /simulator tells what is simulated. Ctrl-C stops it.
`;

function serveCommand() {
  return simulatorFlags(
    new Command("deno task serve")
      .description(
        "Serves the simulated engine over HTTP, as the real one would: nothing it says was computed by a GPU.",
      )
      .option("--port <n>", "0 takes a free one", integer(0, 65535), 1919)
      .addOption(
        new Option("--host <address>", "0.0.0.0 lets other machines in").choices(["127.0.0.1", "0.0.0.0"])
          .default("127.0.0.1"),
      ),
  )
    .exitOverride()
    .showHelpAfterError("(--help shows every flag)")
    .addHelpText("after", EXAMPLES);
}

/** Runs the command until Ctrl-C. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const flags = serveCommand().parse([...args], { from: "user" }).opts();
  const options = simulatorOptions(flags);
  await using server = serveSimulator({ ...options, port: flags.port, hostname: flags.host });
  print(`${describeSimulator(options)} at ${server.baseUrl} (Ctrl-C stops it)`);
  await new Promise<void>((resolve) => Deno.addSignalListener("SIGINT", resolve));
  return 0;
}

if (import.meta.main) await runCommand(() => main(Deno.args));
