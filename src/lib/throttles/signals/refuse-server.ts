import { KeyturnError } from '../../model/keyturn-error.ts';
import type { ThrottleSurroundings } from '../throttle.ts';

/** Throws for a signal that only the file of a database gives (exit 2): it would never object, or always. */
export function refuseServer(
  { server }: ThrottleSurroundings['database'],
  { flag, instead }: { readonly flag: string; readonly instead: string },
): void {
  if (!server) return;
  throw new KeyturnError({
    code: 'KT_NO_SUCH_SIGNAL',
    reason: 'usage',
    message: `${flag} watches the file of a database, and this database is on a server`,
    hints: [instead],
  });
}
