/** One comparison of two samples by scipy. */
export interface ScipyMannWhitney {
  readonly name: string;
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly u: number;
  readonly pValue: number;
  readonly cliffsDelta: number;
}

/** One bootstrap distribution and scipy's intervals of it. */
export interface ScipyBca {
  readonly name: string;
  readonly confidence: number;
  readonly estimate: number;
  readonly jackknife: readonly number[];
  readonly bca: readonly [low: number, high: number];
  readonly percentile: readonly [low: number, high: number];
  readonly replicates: readonly number[];
}

/** What make_scipy.py wrote; rows of grids end with the result. */
export interface ScipyNumbers {
  readonly mannWhitney: readonly ScipyMannWhitney[];
  readonly bca: readonly ScipyBca[];
  readonly blockLength: readonly {
    readonly name: string;
    readonly length: number;
    readonly values: readonly number[];
  }[];
  readonly normalCdf: readonly (readonly [z: number, p: number])[];
  readonly normalQuantile: readonly (readonly [p: number, z: number])[];
  readonly studentTail: readonly (readonly [t: number, df: number, tail: number])[];
  readonly studentQuantile: readonly (readonly [tail: number, df: number, t: number])[];
}

/** Numbers of scipy and arch, committed. */
export function readScipy(): ScipyNumbers {
  return JSON.parse(Deno.readTextFileSync(new URL("./scipy.json", import.meta.url)));
}

/** Whether both agree to the given share; a 0 must be 0. */
export function isNear(found: number, expected: number, share = 1e-12): boolean {
  return found === expected || Math.abs(found - expected) <= share * Math.abs(expected);
}
