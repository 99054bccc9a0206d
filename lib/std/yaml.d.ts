/** The value of a YAML document; `null` for an empty one. @throws {SyntaxError} If it is not YAML. */
export function parse(content: string): unknown;
