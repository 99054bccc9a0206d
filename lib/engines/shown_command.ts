/**
 * Commands and logs as they may be written down: without secrets.
 *
 * @module
 */

/** Flags and variables whose values are secret: `--api-key`, `--hf-token`, `HF_TOKEN`, `AWS_SECRET_ACCESS_KEY`. */
const SECRET_NAME = /(^|[-_])(api[-_]?keys?|key|token|secret|password|passwd|credentials?)$/i;

/** Tokens that are known by their looks. */
const SECRET_LOOKS = /\b(hf_|sk-|ghp_|github_pat_|nvapi-)[A-Za-z0-9_-]{6,}/g;

/** Secrets within a word, as in `sh -c "export HF_TOKEN=…; serve --api-key …"`, a header or JSON: what is before the value, and it. */
const SECRETS_WITHIN = [
  /((?:api[-_]?keys?|key|token|secret|password|passwd|credentials?)["']?\s*[=:]\s*["']?)([^\s"',;&}]+)/gi,
  /(--[\w-]*(?:api[-_]?keys?|token|secret|password|passwd|credentials?)\s+["']?)([^\s"',;&]+)/gi,
  /(\bBearer\s+)([^\s"']+)/gi,
  /(:\/\/[^/\s:@]*:)([^/\s@]+)(?=@)/g,
];

const MASK = "***";

/**
 * The words of a command with the values of secret flags masked.
 *
 * @example
 * ```ts
 * import { maskCommand } from "./shown_command.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(maskCommand(["serve", "--api-key", "abc", "--hf-token=def", "--max-tokens", "5"]), [
 *   ...["serve", "--api-key", "***", "--hf-token=***", "--max-tokens", "5"],
 * ]);
 * ```
 */
export function maskCommand(words: readonly string[]): string[] {
  return words.map((word, i) => {
    const before = words[i - 1] ?? "";
    if (before.startsWith("-") && isSecretName(before)) return MASK;
    const [, name = "", value = ""] = /^(-{1,2}[\w-]+|\w+)=(.*)$/s.exec(word) ?? [];
    if (value !== "" && isSecretName(name)) return `${name}=${MASK}`;
    return maskWithin(word);
  });
}

/** A text with what looks like secrets masked: values of names such as `HF_TOKEN` and `api_key`, bearer tokens, logins of URLs. */
export function maskWithin(text: string): string {
  return SECRETS_WITHIN.reduce((masked, pattern) => masked.replaceAll(pattern, `$1${MASK}`), text)
    .replaceAll(SECRET_LOOKS, MASK);
}

/**
 * A command as one line that a POSIX shell understands, masked, with the names of the variables that were set.
 *
 * @param env Variables; their values are not shown.
 * @example
 * ```ts
 * import { showCommand } from "./shown_command.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(showCommand(["serve", "my model"], { HF_HOME: "/data" }), "HF_HOME=… serve 'my model'");
 * ```
 */
export function showCommand(words: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  return [...Object.keys(env).map((name) => `${name}=…`), ...maskCommand(words).map(quote)].join(" ");
}

/**
 * What must not be seen in an engine's log: the values of secret flags and of secret variables.
 *
 * @returns Texts of at least 4 characters; shorter ones would mask what is no secret.
 */
export function secretsOf(words: readonly string[], env: Readonly<Record<string, string>> = {}): string[] {
  const ofFlags = words.flatMap((word, i) => {
    const before = words[i - 1] ?? "";
    if (before.startsWith("-") && isSecretName(before)) return [word];
    const [, name = "", value = ""] = /^(-{1,2}[\w-]+)=(.*)$/s.exec(word) ?? [];
    return isSecretName(name) ? [value] : [];
  });
  const ofEnv = Object.entries(env).flatMap(([name, value]) => isSecretName(name) ? [value] : []);
  return [...ofFlags, ...ofEnv].filter((secret) => secret.length >= 4);
}

/** A text with secrets masked. */
export function maskText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), text)
    .replaceAll(SECRET_LOOKS, MASK);
}

/** Whether what has this name is a secret: `api_key`, `--hf-token`, `PASSWORD`. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

function quote(word: string): string {
  return word === MASK || /^([\w@%+=:,./-]+|[\w@%+=:./{}-]+)$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}
