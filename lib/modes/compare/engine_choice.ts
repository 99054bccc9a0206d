/**
 * Which engines are compared, as plain data: a comparison that is resumed opens the same ones again.
 *
 * @module
 */
import { hashInts } from "../../random.ts";
import { describeSimulator, resolveSimulator, type SimulatorOptions } from "../../simulator/options.ts";
import type { EngineOptions } from "../open_engine.ts";

/** An engine of a comparison. */
export type EngineChoice =
  | {
    readonly kind: "simulated";
    readonly name: string;
    readonly simulator: SimulatorOptions;
  }
  | {
    readonly kind: "server";
    readonly name: string;
    /** Base of its API. */
    readonly baseUrl: string;
    /** Profile name. @default recognised by what it says */
    readonly profile?: string;
    /** @default the first that it lists */
    readonly model?: string;
  };

/**
 * What the engine is opened with in one step.
 *
 * Noise is drawn anew for every engine and repeat: two engines with the same noise would differ by nothing else.
 */
export function engineOptions(
  choice: EngineChoice,
  { engine, repeat, seed }: { readonly engine: number; readonly repeat: number; readonly seed: number },
): EngineOptions {
  if (choice.kind === "server") {
    const { baseUrl, profile, model } = choice;
    return { baseUrl, ...(profile && { engine: profile }), ...(model && { model }) };
  }
  return { simulator: { ...choice.simulator, seed: hashInts(seed, engine, repeat) } };
}

/** The engine in words, before it was asked. */
export function describeChoice(choice: EngineChoice): string {
  return choice.kind === "simulated" ? describeSimulator(choice.simulator) : choice.baseUrl;
}

/** The model it will serve, as far as that is known without asking. */
export function modelOf(choice: EngineChoice): string | null {
  return choice.kind === "simulated" ? resolveSimulator(choice.simulator).model.id : choice.model ?? null;
}
