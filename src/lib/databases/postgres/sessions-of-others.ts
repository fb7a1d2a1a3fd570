import type { OtherProcess } from '../../model/other-process.ts';
import type { PostgresSession } from './session.ts';

/**
 * Sessions of others on this database: what they call themselves, and as whom they are logged in. Those of keyturn
 * itself are left out, whichever process they belong to.
 */
export async function listSessionsOfOthers(session: PostgresSession): Promise<readonly OtherProcess[]> {
  const { rows } = await session.query({
    text: `SELECT pid, coalesce(nullif(application_name, ''), 'a session') || ' as ' || coalesce(usename, 'somebody')
           FROM pg_stat_activity
           WHERE datname = current_database() AND coalesce(backend_type, 'client backend') = 'client backend'
             AND application_name <> 'keyturn' AND pid <> pg_backend_pid()
           ORDER BY pid`,
  });
  return rows.map(([pid, command]) => ({ processId: Number(pid), command: command ?? '' }));
}
