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

/** Tables that a session has locked, or is about to: then all who come later wait until it has had its turn. */
export interface TableLock {
  readonly tables: readonly string[];
  readonly kind: 'held' | 'wanted';
  readonly session: LockingSession;
  /** Whom it waits for itself, where it wants the lock. */
  readonly behind: readonly LockingSession[];
}

/** Who keeps which tables from others, as a sentence without a full stop. */
export function tableLockText({ tables, kind, session, behind }: TableLock): string {
  const [subject, verb] = tables.length === 1 ? ['table', 'is'] : ['tables', 'are'];
  const what = `${subject} ${namesText(tables)} ${verb}`;
  switch (kind) {
    case 'held':
      return `${what} locked by ${sessionText(session)}`;
    case 'wanted':
      return `${what} about to be locked by ${sessionText(session)}, which waits for ${
        behind.length === 0 ? 'its turn' : behind.map(sessionText).join(' and ')
      }`;
  }
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

/** Tells whoever listens what is waited for now. */
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
