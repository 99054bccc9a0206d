/**
 * One engine after the other in the same run.
 *
 * @module
 */
import type { SimulatorOptions } from "../simulator/options.ts";
import { testConnection, warmUp } from "./connect.ts";
import { type EngineOptions, type OpenEngine, openEngine } from "./open_engine.ts";
import { findCacheReset } from "./reset_cache.ts";
import type { EngineInUse } from "./run_cells.ts";

/** How further engines are opened. */
export interface EngineSwitchOptions extends EngineOptions {
  /** Where a cache is emptied. @default the engine's own route, where it has one */
  readonly resetCacheUrl?: string;
  readonly onNote?: (note: string) => void;
}

/** Holds the engine that is in use, and closes it for the next. */
export class EngineSwitch implements AsyncDisposable {
  readonly #options: EngineSwitchOptions;
  readonly #warmUps: readonly string[];
  #engine: OpenEngine;
  #simulator: string;

  /** @param start `engine` is the first, which its opener closes; `warmUps` prompts that every further one is asked. */
  constructor(start: {
    readonly engine: OpenEngine;
    readonly options: EngineSwitchOptions;
    readonly warmUps: readonly string[];
  }) {
    this.#engine = start.engine;
    this.#options = start.options;
    this.#warmUps = start.warmUps;
    this.#simulator = JSON.stringify(start.options.simulator);
  }

  /** What a cell needs of the engine in use. */
  get current(): EngineInUse & { readonly description: string } {
    const { line, reports, info } = this.#engine;
    const cacheReset = findCacheReset(this.#engine, this.#options.resetCacheUrl);
    return { line, reports, cacheReset, description: info.description };
  }

  /**
   * Opens an embedded engine with these options on the run's clock, tests and warms it up; the one before is closed. Nothing
   * happens when they are those of the engine in use.
   */
  async switchTo(simulator: SimulatorOptions): Promise<EngineInUse & { readonly description: string }> {
    const key = JSON.stringify(simulator);
    if (key !== this.#simulator) {
      const { clock } = this.#engine.line;
      await this.#engine[Symbol.asyncDispose]();
      this.#engine = await openEngine({ ...this.#options, simulator, clock });
      this.#simulator = key;
      const { line, info } = this.#engine;
      await testConnection(line);
      this.#options.onNote?.(`${info.description} answers`);
      await warmUp(line, this.#warmUps);
    }
    return this.current;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#engine[Symbol.asyncDispose]());
  }
}
