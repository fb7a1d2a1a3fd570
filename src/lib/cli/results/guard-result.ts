import type { GuardMode } from '../../model/schema/guard.ts';

/* Part of the public interface, as results.ts is. */

/** `guard`. */
export interface GuardResult {
  readonly database: string;
  readonly guards: readonly GuardedColumn[];
  readonly next: readonly string[];
}

/** A guarded column, and what others have written to it since `installedAt`. */
export interface GuardedColumn {
  readonly table: string;
  readonly column: string;
  readonly mode: GuardMode;
  /**
   * `missing`: the table was dropped or rebuilt, and its guard went with it; `renamed`: it guards the column still, which has another
   * name by now.
   */
  readonly state: 'in place' | 'missing' | 'renamed';
  /** That name, behind the table's; `null` where there is none, or SQLite keeps it to itself. */
  readonly calledNow: string | null;
  readonly writes: number;
  /** Values among them that are no cells. */
  readonly unfit: number;
  /** Who wrote these: application and user; of a file, the processes that have it open now. */
  readonly writers: readonly string[];
  /** Milliseconds since 1970; `null` where there was no write. */
  readonly lastWriteAt: number | null;
  readonly installedAt: number;
}
