import type { MigrationRecord } from './migration-record.ts';

/** What decides how a migration that is not running can be ended. */
type StoppedMigration = Pick<MigrationRecord, 'state' | 'contract' | 'failure'>;

/** A command, and what it does about the migration where that does not go without saying. */
export interface WayOnwards {
  readonly command: string;
  readonly comment?: string;
  /** Whether the keys of the migration have to be named with it. */
  readonly keys: 'named' | 'known';
}

/** What brings an unfinished migration to its end, by why it has not come there. */
export function waysOnwards({ state, contract, failure }: StoppedMigration): readonly WayOnwards[] {
  if (state === 'ready' || state === 'finalizing' || contract !== null)
    return [{ command: 'finalize', keys: 'known' }];
  switch (failure?.code) {
    case 'KT_LEFT_BEHIND':
      return [
        {
          command: 'rotate --column TABLE.COLUMN --unrecognised leave',
          comment: 'takes along what was left behind, as the failure names it',
          keys: 'named',
        },
        { command: 'execute', comment: 'once no such cell is left', keys: 'known' },
      ];
    case 'KT_QUARANTINED':
      return [
        { command: 'execute', comment: 'once the cells in quarantine are repaired', keys: 'known' },
        {
          command: 'execute --max-quarantine N',
          comment: 'leaves so many as they are, unless the schema refuses them',
          keys: 'known',
        },
      ];
    case undefined:
    default:
      return [{ command: 'execute', keys: 'known' }];
  }
}

/** A way as a hint, to be completed with the database and the keys. */
export function wayAsHint({ command, comment }: WayOnwards): string {
  return `keyturn ${command}${comment === undefined ? '' : `   # ${comment}`}`;
}
