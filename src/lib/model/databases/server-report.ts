import type { MissingCapability } from './server-capability.ts';

/** What a server tells about how ready it is for a run; see `doctor`. */
export interface ServerReport {
  readonly version: string;
  readonly role: 'primary' | 'standby';
  readonly user: string;
  /** Tables of users in which this user may not do what a run does. */
  readonly missingRights: readonly { readonly table: string; readonly right: 'SELECT' | 'UPDATE' }[];
  /** What the server, or this user, lacks of what keyturn can do without. */
  readonly missingCapabilities: readonly MissingCapability[];
  /** Where the ledger is or will be, and whether this user may make its tables there. */
  readonly ledger: { readonly schema: string; readonly isWritable: boolean };
  readonly leaks: readonly LogLeak[];
  readonly autovacuum: 'on' | 'off';
  /** Tables for which it is switched off. */
  readonly unvacuumedTables: readonly string[];
  /** Replication slots without a reader: the log is kept for them until the disk is full. */
  readonly idleSlots: readonly string[];
  /** Why the last segment of the log could not be archived is on the server; `null` where archiving works or is off. */
  readonly failedArchiving: string | null;
}

/** A setting by which values that travel to the server, or stand in its rows, get into its log. */
export interface LogLeak {
  readonly setting: string;
  readonly value: string;
  /** What is logged, as the end of a sentence. */
  readonly logs: string;
  readonly fix: string;
}
