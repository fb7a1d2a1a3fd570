import type { CensusCounts, ColumnCensus } from '../../model/columns/column-census.ts';
import type { KeyId } from '../../model/columns/column-state.ts';
import type { DescribedIndex } from './described-index.ts';

/* Part of the public interface, as results.ts is. */

/** `verify`. */
export interface VerifyResult {
  readonly database: string;
  readonly oldKeyId: KeyId | null;
  /** `null` after a decryption. */
  readonly newKeyId: KeyId | null;
  /**
   * `verified`: no cell under the old key, none that neither key opens, no plaintext where all was encrypted, and no blind index
   * that is another one than its cell's.
   */
  readonly outcome: 'verified' | 'old key found' | 'plaintext found' | 'stale indexes' | 'unreadable cells';
  readonly columns: readonly ColumnCensus[];
  readonly total: CensusCounts;
  /** How each blind index compares with its cells; those whose key is not loaded are left out, with a warning. */
  readonly indexes: readonly CheckedIndexResult[];
  /** The event that holds the counts, `NUMBER:HASH`; `null` without `--record`. */
  readonly recordedAs: string | null;
  /** Whether old values may still stand in free pages, logs and statistics: see `scrub`. */
  readonly scrubDue: boolean;
  readonly warnings: readonly string[];
  readonly next: readonly string[];
}

/** A blind index, compared row by row. */
export interface CheckedIndexResult extends DescribedIndex {
  /** Rows whose index is right. */
  readonly current: number;
  readonly stale: number;
  /** Rows whose cell does not open under the new key, so that they cannot be compared. */
  readonly unknown: number;
  /** Conditions that find some of the stale rows. */
  readonly staleRows: readonly string[];
}
