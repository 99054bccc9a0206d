/**
 * Profiles by name, a user's own included.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { readTextFile } from "../../read_text_file.ts";
import { parseEngineFile } from "../engine_file.ts";
import { findEngine } from "../mod.ts";
import type { EngineProfile } from "../profile.ts";

/** Where a profile is found. */
export interface ProfileName {
  readonly profile: string;
  /** YAML file with profiles beside those that benchbook knows. @default none */
  readonly enginesFile?: string;
}

/**
 * Finds a profile.
 *
 * @throws {UsageError} When the file cannot be read, or there is no profile of the name.
 */
export function findProfile({ profile, enginesFile }: ProfileName): EngineProfile {
  return findEngine(profile, enginesFile === undefined ? [] : readEngineFile(enginesFile));
}

/**
 * Reads the profiles of a YAML file.
 *
 * @throws {UsageError} When it cannot be read or used.
 */
export function readEngineFile(path: string): EngineProfile[] {
  try {
    return parseEngineFile(readTextFile(path, "engines"), path);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new UsageError(cause.message, { cause });
  }
}
