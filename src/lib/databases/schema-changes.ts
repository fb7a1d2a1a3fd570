import type { IndexRecord } from '../model/columns/blind-index.ts';
import type { PlacedColumn } from '../model/columns/placed-column.ts';
import type { ColumnPair, PairRecord, PairSide, RetiredColumn } from '../model/schema/column-pair.ts';
import type { GuardOrder } from '../model/schema/guard.ts';

/**
 * `kept`: the triggers that mark a pair are where `watch` has put them, and name rows as they are named now; `lost`: they are not;
 * `exchanged`: they mark other columns than those that are called so by now, which SQLite does not tell.
 */
export type WatchState = 'kept' | 'lost' | 'exchanged';

/** Changes of the schema around pairs of columns: they happen with the transaction, or not at all. */
export interface ColumnPairs {
  addColumn(column: PlacedColumn & { readonly type: string }): Promise<void>;
  dropColumn(column: PlacedColumn): Promise<void>;
  /** Throws `KT_COLUMN_STAYS` where something keeps a column from being dropped; changes nothing. */
  refuseKeepers(column: PlacedColumn): Promise<void>;
  /** Has each row marked from now on in which others write one of the two columns. */
  watch(pair: PairRecord): Promise<void>;
  watchState(pair: PairRecord): Promise<WatchState>;
  /** Marks the rows that hold a value on both sides as last written on one of them, where nothing else is known of them. */
  prefer(pair: PairRecord, side: PairSide): Promise<void>;
  /**
   * Lets others write no value to a side from now on; NULL, what stands there already, and the default that a new row
   * gets unasked where a database cannot take it away, pass.
   */
  freeze(pair: PairRecord, side: PairSide): Promise<void>;
  /** Ends the watch; with `all` also what was frozen. What is gone already is no error. */
  unwatch(pair: PairRecord, which: 'all' | 'marks'): Promise<void>;
  /** Forgets marks of rows that are gone. */
  forgetStray(pair: PairRecord): Promise<void>;
  /** Keeps others from writing a table until the transaction ends. */
  lock(table: string): Promise<void>;
  /** Lets the plaintext column hold nothing, and tells what it was; one that is to be dropped loses what would keep it. */
  retire(pair: ColumnPair, kind: RetiredColumn['kind']): Promise<RetiredColumn>;
  /** Makes a retired column again where it was dropped, open for whatever fills it. */
  readd(pair: ColumnPair, retired: RetiredColumn): Promise<void>;
  /** Makes a retired column what it was. Throws `KT_COLUMN_NOT_RESTORED` where its values forbid that (exit 16). */
  restore(pair: ColumnPair, retired: RetiredColumn): Promise<void>;
  /** See TableDescription; as it is within this transaction. */
  fingerprint(table: string): Promise<string>;
}

/** What a database searches blind indexes with; it comes and goes with the transaction. */
export interface IndexColumns {
  /**
   * Makes the database's own index over the column, a unique one where the index is to be unique; does nothing where that is left
   * to `buildIndexes`.
   */
  create(index: IndexRecord): Promise<void>;
  /** What is gone already is no error. */
  drop(index: IndexRecord): Promise<void>;
  /** Gives the column of an index another name. */
  rename(index: IndexRecord, column: string): Promise<void>;
}

/** Triggers that count, or refuse, what others write to a column. */
export interface WriteGuards {
  create(id: number, order: GuardOrder): Promise<void>;
  /** What is gone already is no error. */
  drop(id: number): Promise<void>;
}
