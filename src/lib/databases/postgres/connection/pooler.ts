import { KeyturnError } from '../../../model/keyturn-error.ts';
import type { PostgresSession } from './session.ts';

/**
 * Refuses a connection pooler that hands out the server's sessions for single transactions (PgBouncer in transaction
 * mode): what a session of ours is set to would be lost, or would be found by the application's (exit 15). A pooler shows
 * in that the process it names is not the one that answers; and it pools transactions where two connections of ours, both
 * idle, are answered by the same process.
 */
export async function refuseTransactionPooling(
  session: PostgresSession,
  connect: () => Promise<PostgresSession>,
): Promise<void> {
  if ((await answeringProcess(session)) === session.processId) return;
  const another = await connect();
  try {
    if ((await answeringProcess(session)) !== (await answeringProcess(another))) return;
  } finally {
    await another.close();
  }
  throw new KeyturnError({
    code: 'KT_SERVER_UNSUITABLE',
    reason: 'databaseUnavailable',
    message: 'a connection pooler answers that gives each transaction another session of the server',
    hints: ['name the server itself in --database, or a pool of mode "session"'],
  });
}

async function answeringProcess(session: PostgresSession): Promise<number> {
  const { rows } = await session.query({ text: 'SELECT pg_backend_pid()' });
  return Number(rows[0]?.[0]);
}
