import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { timeText } from '../texts/time-text.ts';

const name = 'keyturn:locked-tables';
const announcements = channel(name);

/** A session of a server, as others may see it; never what it asks for. */
export interface LockingSession {
  /** The server's process; `null`: a transaction that was prepared for a commit in two phases, which no process has any more. */
  readonly processId: number | null;
  /** What it calls itself, and as whom it is logged in: `psql as app`. */
  readonly title: string;
  /** What it does, e.g. `idle in transaction`; `null` where this user may not see that. */
  readonly state: string | null;
  /** Since when it does that, in milliseconds since 1970; `null` where this user may not see that. */
  readonly since: number | null;
}

/** A table that a session has locked, or is about to: all who come later wait until it has had its turn. */
export interface LockedTable {
  readonly table: string;
  readonly lock: 'held' | 'wanted';
  readonly session: LockingSession;
  /** Whom it waits for itself, where it wants the lock. */
  readonly behind: readonly LockingSession[];
}

/** Who keeps a table from others, as a sentence without a full stop. */
export function lockedTableText({ table, lock, session, behind }: LockedTable): string {
  switch (lock) {
    case 'held':
      return `table "${table}" is locked by ${sessionText(session)}`;
    case 'wanted':
      return `table "${table}" is about to be locked by ${sessionText(session)}, which waits for ${
        behind.length === 0 ? 'its turn' : behind.map(sessionText).join(' and ')
      }`;
  }
}

function sessionText({ processId, title, state, since }: LockingSession): string {
  const who = processId === null ? title : `process ${processId} (${title})`;
  const time = timeText(since);
  return `${who}${state === null ? '' : `, ${state}`}${time === null ? '' : ` since ${time}`}`;
}

/** Tells whoever listens what is waited for now. */
export function announceLockedTables(tables: readonly LockedTable[]): void {
  if (tables.length > 0 && announcements.hasSubscribers) announcements.publish(tables);
}

/** Calls `hear` whenever tables are waited for, until the returned function is called. */
export function onLockedTables(hear: (tables: readonly LockedTable[]) => void): () => void {
  const listener = (message: unknown): void => {
    hear(message as readonly LockedTable[]);
  };
  subscribe(name, listener);
  return () => {
    unsubscribe(name, listener);
  };
}
