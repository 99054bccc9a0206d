// deno-lint-ignore-file no-console -- benchmarks print their results
import Table from "cli-table3";

/** Middle value; the mean of the middle two of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? sorted[middle] ?? NaN
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** Prints a table of results. */
export function printTable(title: string, head: string[], rows: readonly (readonly string[])[]): void {
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const row of rows) table.push([...row]);
  console.log(`${title}\n${table.toString()}`);
}
