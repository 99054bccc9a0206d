/**
 * One engine after the other in the same run.
 *
 * @module
 */
import type { SimulatorOptions } from "../simulator/options.ts";
import { testConnection, warmUp } from "./connect.ts";
import { type EngineOptions, type OpenEngine, openEngine } from "./open_engine.ts";
import { planTelemetry, type TelemetryOptions } from "./plan_telemetry.ts";
import { findCacheReset } from "./reset_cache.ts";
import type { EngineInUse } from "./run_cells.ts";

/** How further engines are opened. */
export interface EngineSwitchOptions extends EngineOptions, TelemetryOptions {
  /** Where a cache is emptied. @default the engine's own route, where it has one */
  readonly resetCacheUrl?: string;
  readonly onNote?: (note: string) => void;
}

/** What an engine switch begins with. */
export interface EngineSwitchStart {
  /** The first engine, which its opener closes. */
  readonly engine: OpenEngine;
  readonly options: EngineSwitchOptions;
  /** Prompts that every further engine is asked before it counts. */
  readonly warmUps: readonly string[];
}

/** Holds the engine that is in use, and closes it for the next. */
export class EngineSwitch implements AsyncDisposable {
  readonly #options: EngineSwitchOptions;
  readonly #warmUps: readonly string[];
  #engine: OpenEngine;
  #simulator: string;

  constructor({ engine, options, warmUps }: EngineSwitchStart) {
    this.#engine = engine;
    this.#options = options;
    this.#warmUps = warmUps;
    this.#simulator = JSON.stringify(options.simulator);
  }

  /** What cells need of the engine in use. */
  async use(): Promise<EngineInUse> {
    const { line, reports, info } = this.#engine;
    return {
      ...{ line, reports, description: info.description },
      cacheReset: findCacheReset(this.#engine, this.#options.resetCacheUrl),
      telemetry: await planTelemetry(this.#engine, this.#options),
    };
  }

  /**
   * Opens an embedded engine with these options on the run's clock, tests and warms it up; the one before is closed.
   *
   * @returns `null` when they are those of the engine in use.
   */
  async switchTo(simulator: SimulatorOptions): Promise<EngineInUse | null> {
    const key = JSON.stringify(simulator);
    if (key === this.#simulator) return null;
    const { clock } = this.#engine.line;
    await this.#engine[Symbol.asyncDispose]();
    this.#engine = await openEngine({ ...this.#options, simulator, clock });
    this.#simulator = key;
    const { line, info } = this.#engine;
    await testConnection(line);
    this.#options.onNote?.(`${info.description} answers`);
    await warmUp(line, this.#warmUps);
    return await this.use();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#engine[Symbol.asyncDispose]());
  }
}
