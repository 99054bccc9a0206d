import assert from "node:assert/strict";

import { maskCommand, maskText, secretsOf, showCommand } from "../../lib/engines/shown_command.ts";

const SECRET = "s3cret-value";

/** Every way in which a secret can stand in a command. */
const withSecrets: readonly string[][] = [
  ["serve", "--api-key", SECRET],
  ["serve", `--api-key=${SECRET}`],
  ["serve", "--admin-api-key", SECRET],
  ["serve", "--hf-token", SECRET],
  ["env", `HF_TOKEN=${SECRET}`, "serve"],
  ["serve", "--ssl-keyfile-password", SECRET],
  ["serve", "--api-keys", SECRET],
  ["sh", "-c", `export HF_TOKEN=${SECRET}; exec serve --tp 4`],
  ["sh", "-c", `serve --api-key ${SECRET} --tp 4`],
  ["docker", "run", `--env=HF_TOKEN=${SECRET}`, "image"],
  ["serve", "--header", `Authorization: Bearer ${SECRET}`],
  ["serve", "--config", `{"api_key": "${SECRET}", "tp": 4}`],
  ["serve", "--proxy", `http://me:${SECRET}@proxy:8080`],
];

Deno.test("maskCommand hides secrets however they are written, and keeps all other words", () => {
  for (const words of withSecrets) {
    const masked = maskCommand(words);
    assert.equal(masked.length, words.length);
    assert.ok(!masked.join(" ").includes(SECRET), masked.join(" "));
    assert.ok(masked.join(" ").includes("***"));
  }
  const harmless = ["serve", "--max-tokens", "5", "--tokenizer", "t.json", "--ssl-keyfile", "k.pem", "-x=1"]
    .concat([
      ...[
        "sh",
        "-c",
        "serve --max-tokens 5 --tokenizer t.json http://127.0.0.1:8000/v1",
        '{"max_tokens": 5}',
      ],
    ]);
  assert.deepEqual(maskCommand(harmless), harmless);
});

Deno.test("maskCommand hides tokens that are known by their looks", () => {
  assert.deepEqual(maskCommand(["serve", "hf_abcdefgh123", "--x=sk-abcdef123456"]), [
    "serve",
    "***",
    "--x=***",
  ]);
});

Deno.test("showCommand is one line for a shell, with names of variables and no values", () => {
  assert.equal(
    showCommand(["serve", "it's", "{model}", "{a,b}", ""], { HF_TOKEN: SECRET, LEVEL: "3" }),
    `HF_TOKEN=… LEVEL=… serve 'it'\\''s' {model} '{a,b}' ''`,
  );
});

Deno.test("secretsOf finds what maskText hides in a log", () => {
  const secrets = secretsOf(["serve", "--api-key", SECRET, "--token=abcd", "--key", "x"], {
    HF_TOKEN: "from-env",
    CUDA_VISIBLE_DEVICES: "0,1,2",
  });
  assert.deepEqual(secrets, [SECRET, "abcd", "from-env"]);
  assert.equal(
    maskText(`server_args=ServerArgs(api_key='${SECRET}', devices='0,1,2', hub='hf_0123456789')`, secrets),
    "server_args=ServerArgs(api_key='***', devices='0,1,2', hub='***')",
  );
});
