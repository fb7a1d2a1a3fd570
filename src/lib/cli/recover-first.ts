import type { DatabaseLocation } from '../model/databases/database-location.ts';

/** The flags that say which database it is, and whether it may be repaired by a command that changes nothing. */
export interface RecoveryFlags {
  readonly database: DatabaseLocation;
  readonly recover: boolean;
  readonly 'dry-run'?: boolean;
}

/** Rolls back what a killed process left half written: always before a run, else only with `--recover`. */
export async function recoverFirst(command: 'reads' | 'runs', flags: RecoveryFlags): Promise<void> {
  const isRun = command === 'runs' && flags['dry-run'] !== true;
  if (!isRun && !flags.recover) return;
  const { recoverDatabase } = await import('../session/database/open-database.ts');
  await recoverDatabase(flags.database);
}
