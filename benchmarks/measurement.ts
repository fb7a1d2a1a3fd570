import { median } from './statistics.ts';

/** One measured run. */
export interface Measurement {
  /** Rows that were rewritten: naive loops are measured on fewer. */
  readonly rows: number;
  /** The execute phase of keyturn, the loop of a script. */
  readonly seconds: number;
  /** Further figures by name, unit included. */
  readonly details: Readonly<Record<string, number>>;
}

/** Median seconds; NaN of no run. */
export function secondsOf(runs: readonly Measurement[]): number {
  return median(runs.map(({ seconds }) => seconds));
}

/** Median rows a second; NaN of no run. */
export function rateOf(runs: readonly Measurement[]): number {
  return median(runs.map(({ rows, seconds }) => rows / seconds));
}

/** Median of one detail; NaN where no run has it. */
export function detailOf(runs: readonly Measurement[], detail: string): number {
  return median(runs.flatMap(({ details }) => details[detail] ?? []));
}

/** Medians of all details in words, with so many digits behind the point. */
export function describeDetails(runs: readonly Measurement[], digits: number): string {
  return Object.keys(runs[0]?.details ?? {})
    .map((detail) => `${detail}: ${detailOf(runs, detail).toFixed(digits)}`)
    .join(', ');
}
