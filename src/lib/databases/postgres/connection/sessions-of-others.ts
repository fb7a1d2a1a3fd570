import type { OtherProcess } from '../../../model/databases/other-process.ts';
import type { Capabilities } from './capabilities.ts';
import type { PostgresSession } from './session.ts';

/** Who cannot be seen may be there, and has to be expected. */
const unseen: OtherProcess = { processId: 0, command: 'sessions that this user may not see' };

/**
 * Sessions of others on this database: what they call themselves, and as whom they are logged in. Those of keyturn
 * itself are left out, whichever process they belong to.
 */
export async function listSessionsOfOthers(
  session: PostgresSession,
  capabilities: Capabilities,
): Promise<readonly OtherProcess[]> {
  if (!capabilities.has('other sessions')) return [unseen];
  const { rows } = await session.query({
    text: `SELECT pid, coalesce(nullif(application_name, ''), 'a session') || ' as ' || coalesce(usename, 'somebody')
           FROM pg_stat_activity
           WHERE datname = current_database() AND coalesce(backend_type, 'client backend') = 'client backend'
             AND application_name <> 'keyturn' AND pid <> pg_backend_pid()
           ORDER BY pid`,
  });
  return rows.map(([pid, command]) => ({ processId: Number(pid), command: command ?? '' }));
}
