import type { PostgresIdentity } from '../../../model/databases/database-identity.ts';
import { KeyturnError } from '../../../model/keyturn-error.ts';
import type { PostgresSession } from './session.ts';

/** The oldest server on which ranges of a table without a key can be read without reading the whole of it. */
const oldestVersion = 140_000;

/** Finds out which database this is, and refuses a server that lacks what keyturn relies on (exit 15). */
export async function identify(session: PostgresSession): Promise<PostgresIdentity> {
  const { host, port, database } = session.client;
  const name = database ?? '';
  const location = `${host}:${String(port)}/${name}`;
  const { rows } = await session.query({
    text: `SELECT current_setting('server_version_num')::int4, (SELECT oid FROM pg_database WHERE datname = current_database())`,
  });
  const [version, databaseOid] = rows[0] ?? [];
  if (Number(version) < oldestVersion) throw tooOld(location, Number(version));
  return {
    kind: 'postgres',
    location,
    databaseOid: databaseOid ?? '',
    systemIdentifier: await readSystemIdentifier(session),
  };
}

/** Empty where this user may not ask for it: then the database's number alone tells it apart. */
async function readSystemIdentifier(session: PostgresSession): Promise<string> {
  const allowed = await session.query({
    text: "SELECT has_function_privilege('pg_control_system()', 'EXECUTE')",
  });
  if (allowed.rows[0]?.[0] !== 't') return '';
  const { rows } = await session.query({ text: 'SELECT system_identifier FROM pg_control_system()' });
  return rows[0]?.[0] ?? '';
}

function tooOld(location: string, version: number): KeyturnError {
  return new KeyturnError({
    code: 'KT_SERVER_UNSUITABLE',
    reason: 'databaseUnavailable',
    message: `"${location}" is PostgreSQL ${String(Math.floor(version / 10_000))}; keyturn needs version 14 or newer`,
    hints: ['psql -c "SELECT version()" DATABASE_URL'],
  });
}
