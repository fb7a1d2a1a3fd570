/** What keyturn uses of a server where it is there, and can do without. */
export type ServerCapability =
  /** Each version of a row has a number (`xmin`). */
  | 'row versions'
  /** Rows can be found by where they lie (`ctid`). */
  | 'row places'
  /** A statement can leave out the rows that others have locked (`SKIP LOCKED`). */
  | 'skipped locks'
  /** Locks on a number that stands for nothing in the database (`pg_advisory_xact_lock`). */
  | 'advisory locks'
  /** What became of a transaction can be asked for by its number (`txid_status`). */
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
