import { lockTurn, type PostgresSession } from '../connection/session.ts';
import type { TableShape } from '../schema/table-shape.ts';
import { unlessRefused } from './unless-refused.ts';

/**
 * Writes a table, its TOAST and its indexes anew, from the rows that are visible, and its statistics with them, which
 * hold values. The files of before are deleted. Waits for others who use the table, while those behind it in the queue
 * wait, too.
 */
export async function rewriteTable(
  session: PostgresSession,
  shape: TableShape | undefined,
  timeoutMilliseconds: number,
): Promise<void> {
  if (!shape) return;
  await session.query({
    text: `SELECT set_config('lock_timeout', '${String(timeoutMilliseconds)}', false)`,
  });
  try {
    await session.query({ text: `VACUUM (FULL, ANALYZE) ${shape.sqlName}` });
  } finally {
    await session.query({ text: `SELECT set_config('lock_timeout', '${lockTurn}', false)` });
  }
}

/** The catalogue's own dead rows hold the statistics of before; only few users may rewrite it. */
export async function rewriteStatistics(session: PostgresSession): Promise<void> {
  for (const table of ['pg_statistic', 'pg_statistic_ext_data']) {
    await unlessRefused(() => session.query({ text: `VACUUM (FULL) pg_catalog.${table}` }));
  }
}
