/** The side of a pair of columns that holds plaintext, and the one that holds cells. */
export type PairSide = 'plaintext' | 'cells';

/** Two columns of one table that stand for the same values while one of them is made from the other. */
export interface ColumnPair {
  readonly table: string;
  /** The column of plaintext. */
  readonly plaintext: string;
  /** The column of cells. */
  readonly cells: string;
}

/** A pair as the ledger knows it: triggers mark in each row which side others have written last. */
export interface PairRecord extends ColumnPair {
  readonly id: number;
  /** Whether keyturn has added the column of cells, so that it goes when the encryption is taken back. */
  readonly cellsColumn: 'added' | 'found';
  /** What the plaintext column was before it was to hold nothing any more; `null`: it still is that. */
  readonly retired: RetiredColumn | null;
}

/** What a column was, in the words of its own database: how it was declared, never what was in it. */
export interface RetiredColumn {
  readonly kind: 'emptied' | 'dropped';
  /** The column, as it stood in its table. */
  readonly definition: string;
  /** Statements that make again what went with it, in their order, once it is filled. */
  readonly afterwards: readonly string[];
}

/** How the triggers of a pair are called. */
export function pairTriggerPrefix(id: number): string {
  return `keyturn_pair_${id}_`;
}
