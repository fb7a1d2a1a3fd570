import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { timeText } from '../texts/time-text.ts';

const name = 'keyturn:table-locks';
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

/** Tables that cannot be had because of a session. */
export interface TableLock {
  /** None where it is another kind of lock, such as that of a row. */
  readonly tables: readonly string[];
  /**
   * `held`: it has them to itself. `wanted`: it waits for them, and all who come later wait behind it. `used`: it reads or writes them
   * in a transaction that is still open, which is in the way of whoever wants to alter them.
   */
  readonly kind: 'held' | 'wanted' | 'used';
  readonly session: LockingSession;
  /** Whom it waits for itself, where it wants the lock. */
  readonly behind: readonly LockingSession[];
}

/** Who keeps which tables from others, as a sentence without a full stop. */
export function tableLockText({ tables, kind, session, behind }: TableLock): string {
  const what = subjectText(tables);
  switch (kind) {
    case 'held':
      return `${what} locked by ${sessionText(session)}`;
    case 'wanted':
      return `${what} about to be locked by ${sessionText(session)}, which waits for ${
        behind.length === 0 ? 'its turn' : behind.map(sessionText).join(' and ')
      }`;
    case 'used':
      return `${what} in use by ${sessionText(session)}`;
  }
}

function subjectText(tables: readonly string[]): string {
  if (tables.length === 0) return 'what is needed is';
  return tables.length === 1 ? `table ${namesText(tables)} is` : `tables ${namesText(tables)} are`;
}

const namesInFull = 3;

function namesText(tables: readonly string[]): string {
  const names = tables.slice(0, namesInFull).map((table) => `"${table}"`);
  const more = tables.length - names.length;
  return more === 0 ? names.join(', ') : `${names.join(', ')} and ${more} more`;
}

function sessionText({ processId, title, state, since }: LockingSession): string {
  const who = processId === null ? title : `process ${processId} (${title})`;
  const time = timeText(since);
  return `${who}${state === null ? '' : `, ${state}`}${time === null ? '' : ` since ${time}`}`;
}

/** Publishes what is being waited for. */
export function announceTableLocks(locks: readonly TableLock[]): void {
  if (locks.length > 0 && announcements.hasSubscribers) announcements.publish(locks);
}

/** Calls `hear` whenever tables are waited for, until the returned function is called. */
export function onTableLocks(hear: (locks: readonly TableLock[]) => void): () => void {
  const listener = (message: unknown): void => {
    hear(message as readonly TableLock[]);
  };
  subscribe(name, listener);
  return () => {
    unsubscribe(name, listener);
  };
}
