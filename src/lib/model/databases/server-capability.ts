/** What keyturn uses of a server where it is there, and can do without. */
export type ServerCapability =
  /** Each version of a row has a number (`xmin`). */
  | 'row versions'
  /** Rows can be addressed by their place (`ctid`). */
  | 'row places'
  /** A statement can leave out the rows that others have locked (`SKIP LOCKED`). */
  | 'skipped locks'
  /** Locks on a number that no table has to do with (`pg_advisory_xact_lock`). */
  | 'advisory locks'
  /** The outcome of a transaction can be queried by its number (`txid_status`). */
  | 'transaction numbers'
  /** What other sessions call themselves and do (`pg_stat_activity`). */
  | 'other sessions';

/** One that is missing, and what is done in its place. */
export interface MissingCapability {
  readonly capability: ServerCapability;
  /** As a clause that follows a colon. */
  readonly instead: string;
  /** What would bring it back. */
  readonly fix: string;
}
