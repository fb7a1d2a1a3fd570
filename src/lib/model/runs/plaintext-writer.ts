import { countedText } from '../texts/counted-text.ts';

/** A user or process that has written plaintext that has no cell yet. */
export interface PlaintextWriter {
  /** What it calls itself and as whom it is logged in, or the processes that may have been it. */
  readonly writer: string;
  readonly values: number;
}

/** All of them in words, e.g. `3 values by billing as app, 1 value by psql as admin`. */
export function listWriters(writers: readonly PlaintextWriter[]): string {
  return writers.map(({ writer, values }) => `${countedText(values, 'value')} by ${writer}`).join(', ');
}
