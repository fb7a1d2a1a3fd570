import type { JournalMode } from './journal-mode.ts';

/** Which database the operator means. */
export type DatabaseLocation = SqliteLocation | PostgresLocation;

/** The path is as it was given, relative to the working folder. */
export interface SqliteLocation {
  readonly kind: 'sqlite';
  readonly path: string;
  /** How keyturn's own connection keeps its journal, where the file has no write-ahead log; SQLite's choice by default. */
  readonly journalMode?: JournalMode;
}

/** The URL as it was given. It may hold a password: print `databaseUrl`, never this. */
export interface PostgresLocation {
  readonly kind: 'postgres';
  readonly url: string;
}
