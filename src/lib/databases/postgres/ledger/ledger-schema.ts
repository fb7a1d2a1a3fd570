import { KeyturnError } from '../../../model/keyturn-error.ts';
import type { PostgresSession } from '../connection/session.ts';

/**
 * The schema the ledger is in, wherever an earlier run of whichever user put it; where there is none yet, `public` if
 * this user may create tables there, else the first schema of its search path. Never depends on the search path alone:
 * two operators with different ones would keep two ledgers.
 */
export async function findLedgerSchema(session: PostgresSession): Promise<string> {
  const { rows } = await session.query({
    text: `SELECT nspname FROM pg_namespace AS space
           WHERE EXISTS (SELECT FROM pg_class WHERE relnamespace = space.oid AND relname = 'keyturn_meta')
             AND EXISTS (SELECT FROM pg_class WHERE relnamespace = space.oid AND relname = 'keyturn_migration')
           ORDER BY nspname`,
  });
  const [found, ...others] = rows.map(([name]) => name ?? '');
  if (found === undefined) return chooseSchema(session);
  if (others.length === 0) return found;
  throw new KeyturnError({
    code: 'KT_SEVERAL_LEDGERS',
    reason: 'databaseUnavailable',
    message: `the database holds a ledger of keyturn in each of the schemas ${[found, ...others].join(', ')}; only one can be right`,
    hints: ['find out which one is in use, and drop the keyturn_ tables of the other'],
  });
}

async function chooseSchema(session: PostgresSession): Promise<string> {
  const { rows } = await session.query({
    text: `SELECT CASE WHEN has_schema_privilege(oid, 'CREATE') THEN nspname ELSE (
             SELECT name FROM unnest(current_schemas(false)) WITH ORDINALITY AS path(name, place)
             WHERE name <> 'pg_catalog' ORDER BY place LIMIT 1) END
           FROM pg_namespace WHERE nspname = 'public'`,
  });
  return rows[0]?.[0] ?? 'public';
}
