/** How a database server fares, from its own views; `null`: this user may not see it. */
export interface ServerLoad {
  /** Bytes of its log that the replica or replication slot furthest behind has still to confirm; 0 without any. */
  readonly lagBytes: number | null;
  /** How much log it has written since it was made, in bytes. */
  readonly writtenLogBytes: number | null;
  /** Full segments of the log that wait to be archived; 0 where nothing is archived. */
  readonly unarchivedSegments: number | null;
  /** Sessions of others that wait for a lock of a run. */
  readonly blockedSessions: number | null;
  /** Sessions of others that are at work in this database. */
  readonly activeSessions: number | null;
  /** Age of the oldest open transaction, in milliseconds; what is older keeps dead rows from being removed. */
  readonly oldestTransactionMilliseconds: number | null;
  /** Tables of this database that a vacuum is at work on. */
  readonly vacuumedTables: readonly string[] | null;
}
