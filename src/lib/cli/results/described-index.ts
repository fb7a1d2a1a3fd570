import type { IndexState } from '../../model/columns/blind-index.ts';
import type { KeyId } from '../../model/columns/column-state.ts';

/* Part of the public interface, as results.ts is. */

/** A blind index, as `index-of` and `verify` name it. */
export interface DescribedIndex {
  readonly table: string;
  /** The column of the cells. */
  readonly cells: string;
  /** The column of the indexes. */
  readonly column: string;
  readonly normaliser: string;
  readonly version: number;
  readonly bits: number;
  readonly keyId: KeyId;
}

/** One of a migration's columns, as `status` names it. */
export interface MigrationIndexResult extends DescribedIndex {
  /** `unique`: the database refuses two rows with the same index. */
  readonly uniqueness: 'unique' | 'repeatable';
  readonly state: IndexState;
}
