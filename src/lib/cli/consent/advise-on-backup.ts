import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { shellWord } from '../../model/texts/shell-word.ts';
import { databaseUrl } from '../location/database-location.ts';

/**
 * What to do about a backup that keyturn does not make itself. To name a place for the copy of a database on a server
 * is a usage error: nobody should believe that there is one (exit 2).
 */
export function adviseOnBackup(
  location: DatabaseLocation,
  { asked, isNeeded }: { readonly asked: string | undefined; readonly isNeeded: boolean },
): string | undefined {
  if (location.kind === 'sqlite') return undefined;
  const command = `pg_dump --format=custom --file=before.dump ${shellWord(databaseUrl(location))}`;
  if (asked === undefined)
    return isNeeded ? `No backup is made of a database on a server: ${command}` : undefined;
  throw new KeyturnError({
    code: 'KT_NO_BACKUP_MADE',
    reason: 'usage',
    message: 'keyturn copies no database that is on a server: --backup has no meaning here',
    hints: [command, 'run the same command again with --no-backup'],
  });
}
