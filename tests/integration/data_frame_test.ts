import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** danfojs is only in the import map of notebooks/. */
async function deno(command: string, ...args: string[]): Promise<{ code: number; text: string }> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: [command, "--config", "notebooks/deno.json", "--cached-only", ...args],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const text = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
  return { code: output.code, text };
}

const isCached = (await deno("test", "--no-run", "--no-check", "notebooks/data_frame_test.ts")).code === 0;
const found = isCached
  ? ""
  : " (skipped: danfojs, 400 MB, was not fetched; notebooks/60_data_frames.ipynb fetches it)";

Deno.test({
  name: `data frames of runs: notebooks/data_frame_test.ts${found}`,
  ignore: !isCached,
  async fn() {
    const { code, text } = await deno(
      ...["test", "--no-prompt", "--allow-read", "--allow-env", "notebooks/data_frame_test.ts"] as const,
    );
    assert.equal(code, 0, text);
    assert.match(text, /6 passed/);
  },
});
