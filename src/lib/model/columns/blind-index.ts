import type { ColumnPlace } from '../cells/cell-places.ts';
import type { KeyId } from './column-state.ts';

/** How the values of a column are indexed. */
export interface IndexDefinition {
  /** The rule that makes values equal which are to be found together, and its version. */
  readonly normaliser: string;
  readonly version: number;
  /** How much of the HMAC is stored; fewer bits reveal less, and match more rows by chance. */
  readonly bits: number;
  /** The table and the column of the values, as they were called when the index was made: its key is derived for them. */
  readonly place: ColumnPlace;
  /** The column of the same table in which the indexes stand. */
  readonly column: string;
  /** Its type, as it is declared. */
  readonly type: string;
  /** `unique`: the database refuses two rows with the same index. */
  readonly uniqueness: 'unique' | 'repeatable';
  readonly keyId: KeyId;
  /** The column whose place this one takes at the end of a migration: the same index under another key. */
  readonly replaces?: string;
}

/** An index as the ledger knows it. */
export interface IndexRecord extends IndexDefinition {
  readonly id: number;
  readonly table: string;
  /** The column of the cells that it is made of. */
  readonly cells: string;
  /** Of the key; see SecretKey. */
  readonly keyCheckValue: string;
  /** Where the key was when the index was made; `null` where it could not be read a second time. */
  readonly keyReference: string | null;
  /** Whether keyturn has added the column, so that it goes when the encryption is taken back. */
  readonly origin: 'added' | 'found';
}

/**
 * How far an index of a migration is. `building`: the run is still writing it. `current`: whoever searches finds by it. `next`: complete, beside the one whose place it
 * takes with `finalize`. `swapped`: it has taken that place.
 */
export type IndexState = 'building' | 'current' | 'next' | 'swapped';

/** The record of an index: by its column, or by the one whose place it has taken by now. */
export function findIndex(
  indexes: readonly IndexRecord[],
  table: string,
  { column, replaces, keyId }: Pick<IndexDefinition, 'column' | 'replaces' | 'keyId'>,
): IndexRecord | undefined {
  const ofTable = indexes.filter((index) => index.table === table);
  return (
    ofTable.find((index) => index.column === column) ??
    ofTable.find((index) => index.column === replaces && index.keyId === keyId)
  );
}

/** How the names of the database's own indexes over blind indexes begin. */
export const databaseIndexPrefix = 'keyturn_bidx_';

/** How the database's own index over the column is called. */
export function databaseIndexName({ id }: Pick<IndexRecord, 'id'>): string {
  return `${databaseIndexPrefix}${id}`;
}

/** Most bits of an HMAC-SHA256. */
export const mostIndexBits = 256;

/** How many other rows a search finds by chance, besides those whose values are equal. */
export function expectedStrangers(rows: number, bits: number): number {
  return Math.max(rows - 1, 0) / 2 ** bits;
}

/** How likely any two of so many different values have the same index (the birthday bound). */
export function collisionChance(rows: number, bits: number): number {
  return Math.min(1, (rows * rows) / 2 ** (bits + 1));
}
