/**
 * The launched engine of a comparison: one at a time.
 *
 * @module
 */
import { join } from "node:path";

import type { ComparisonStep } from "../../comparison.ts";
import { findProfile } from "../../engines/launch/find_profile.ts";
import { type LaunchedEngine, launchEngine } from "../../engines/launch/launch_engine.ts";
import { type EngineProfile, showCommand } from "../../engines/mod.ts";
import { RunError } from "../../errors.ts";
import type { EngineOptions } from "../open_engine.ts";
import type { LaunchedChoice } from "./engine_choice.ts";

/** What every launch of a comparison has. */
export interface LaunchSlotOptions {
  /** The comparison's folder, where logs go. */
  readonly folder: string;
  readonly apiKey?: string;
  readonly signal?: AbortSignal;
  readonly onNote?: (note: string) => void;
}

/** An engine that runs, and what stops a run on it. */
interface Held {
  /** Place among the comparison's engines. */
  readonly place: number;
  readonly profile: EngineProfile;
  readonly engine: LaunchedEngine;
  /** Aborted when the engine has ended. */
  readonly over: AbortSignal;
}

/**
 * Starts engines and stops them: one runs at a time, as two would share the GPUs. It is kept for the next step where that asks
 * the same engine, and its log is `<engine>-<step>.log`.
 */
export class LaunchSlot implements AsyncDisposable {
  readonly #options: LaunchSlotOptions;
  #held: Held | undefined;

  constructor(options: LaunchSlotOptions) {
    this.#options = options;
  }

  /**
   * Uses an engine for one step.
   *
   * @param use Told where the engine listens; its signal is aborted when the engine ends.
   * @throws {RunError} When the engine cannot be started or ends meanwhile, with the end of its log.
   * @throws The reason of the comparison's signal, when that was aborted while the engine was loading.
   */
  async use<Result>(
    choice: LaunchedChoice,
    { step, use }: {
      readonly step: Pick<ComparisonStep, "index" | "engine">;
      readonly use: (engine: EngineOptions) => Promise<Result>;
    },
  ): Promise<Result> {
    const { engine, over, profile } = await this.#open(choice, step);
    const { signal } = this.#options;
    const { baseUrl } = engine;
    const hasDied = () => over.aborted && signal?.aborted !== true;
    try {
      const result = await use({
        ...{ baseUrl, profile },
        signal: AbortSignal.any([over, ...signal === undefined ? [] : [signal]]),
      });
      if (!hasDied()) return result;
    } catch (error) {
      if (!hasDied()) throw error;
    }
    throw new RunError(await engine.explainEnd());
  }

  /** Stops the engine that runs, if any. */
  async release(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    await held?.engine[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  async #open(
    choice: LaunchedChoice,
    { index, engine: place }: Pick<ComparisonStep, "index" | "engine">,
  ): Promise<Held> {
    const held = this.#held;
    if (held?.place === place && !held.over.aborted && held.profile.cacheReset !== null) return held;
    await this.release();
    const { folder, onNote = () => {}, ...options } = this.#options;
    const profile = findProfile(choice);
    const slug = choice.name.replaceAll(/[^A-Za-z0-9.-]+/g, "_");
    const logPath = join(folder, `${slug}-${index + 1}.log`);
    onNote(`starting ${profile.label}, log ${logPath}`);
    const engine = await launchEngine(profile, { ...choice, ...options, logPath, onNote });
    onNote(`ready after ${(engine.loadMs / 1000).toFixed(1)} s: ${showCommand(engine.command)}`);
    const over = new AbortController();
    engine.ended.then(() => over.abort());
    return this.#held = { place, profile, engine, over: over.signal };
  }
}
