import type { FormatName } from '../model/column-state.ts';

/** What a cell format asks of its key; every cell format has these two properties. */
export interface KeyFormat {
  readonly name: FormatName;
  readonly keyBytes: number;
}
