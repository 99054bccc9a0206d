/**
 * The door to npm:yaml, which looks at the environment variables LOG_TOKENS and LOG_STREAM: tasks that read YAML must
 * allow them.
 *
 * @module
 */
import { parse, YAMLParseError } from "yaml";

/**
 * Reads a YAML document.
 *
 * @param name File name for messages.
 * @returns Its value; `null` for an empty one.
 * @throws {SyntaxError} With name, line and column, when it is not YAML.
 */
export function parseYaml(text: string, name: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof YAMLParseError)) throw cause;
    const why = cause.message.split(/:?\n/)[0];
    throw new SyntaxError(`Cannot read ${name} as it is not YAML: ${why}`, { cause });
  }
}
