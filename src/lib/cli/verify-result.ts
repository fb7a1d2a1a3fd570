import type { CensusCounts, ColumnCensus } from '../model/column-census.ts';
import type { KeyId } from '../model/column-state.ts';

/* Part of the public interface, as results.ts is. */

/** `verify`. */
export interface VerifyResult {
  readonly database: string;
  readonly oldKeyId: KeyId | null;
  /** `null` after a decryption. */
  readonly newKeyId: KeyId | null;
  /** `verified`: no cell under the old key, none that neither key opens, no plaintext where all was encrypted. */
  readonly outcome: 'verified' | 'old key found' | 'plaintext found' | 'unreadable cells';
  readonly columns: readonly ColumnCensus[];
  readonly total: CensusCounts;
  /** The event that holds the counts, `NUMBER:HASH`; `null` without `--record`. */
  readonly recordedAs: string | null;
  /** Whether old values may still stand in free pages, logs and statistics: see `scrub`. */
  readonly scrubDue: boolean;
  readonly warnings: readonly string[];
  readonly next: readonly string[];
}
