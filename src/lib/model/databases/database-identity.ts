/** Which database this is: a plan made for one is refused by another. */
export type DatabaseIdentity = SqliteIdentity | PostgresIdentity;

/** A SQLite database is the file it is in. */
export interface SqliteIdentity {
  readonly kind: 'sqlite';
  /** Canonical absolute path. */
  readonly location: string;
  /** What the file system knows the file by (device and inode), so that a replaced file is noticed. */
  readonly fileId: string;
}

/** A PostgreSQL database is known by its server and its number there. */
export interface PostgresIdentity {
  readonly kind: 'postgres';
  /** Host, port and name for people, e.g. `db1:5432/fleet`; the same database may have several. */
  readonly location: string;
  /** What the whole server was given when it was made; a standby has that of its primary. */
  readonly systemIdentifier: string;
  readonly databaseOid: string;
}
