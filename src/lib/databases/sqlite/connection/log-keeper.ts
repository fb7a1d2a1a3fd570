import type { TargetDatabase } from '../../target-database.ts';
import type { SqliteConnection } from './connection.ts';

/** Frames of the log that are not in the database yet, from which on we write them back: others do so from 1,000 on. */
const framesToWriteBack = 400;

/** Leaves the log to `createLogKeeper`, unless it grows to ten times what that allows. */
export function leaveLogToKeeper({ database }: SqliteConnection): void {
  database.pragma(`wal_autocheckpoint = ${10 * framesToWriteBack}`);
}

/**
 * The commit that makes a WAL file longer than 1,000 frames also writes it back, which can take long. Ours are the
 * most frames, so it is for us to do it, between our transactions, where it holds no lock.
 */
export function createLogKeeper(connection: SqliteConnection): TargetDatabase['keepLogShort'] {
  const { database } = connection;
  const checkpoint = (mode: 'NOOP' | 'PASSIVE'): Checkpoint =>
    (database.pragma(`wal_checkpoint(${mode})`) as readonly [Checkpoint])[0];
  return () =>
    connection.attempt(() => {
      const { log, checkpointed } = checkpoint('NOOP');
      if (log - checkpointed >= framesToWriteBack) checkpoint('PASSIVE');
    });
}

/** Frames in the log and in the database; -1 where there is no log. */
interface Checkpoint {
  readonly log: number;
  readonly checkpointed: number;
}
