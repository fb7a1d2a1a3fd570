import { availableParallelism } from 'node:os';
import type { PostgresSession } from './session.ts';

/** Left for others, whatever the flag says. */
const sparedConnections = 2;

/** Beyond this many, connections wait for each other and for the one thread that feeds them. */
const mostByDefault = 8;

/**
 * Connections that may write side by side: as many as are asked for, by default two for each processor of this machine,
 * eight at most, and never more than the server has free for this user and database.
 */
export async function countConnections(session: PostgresSession, asked: number | undefined): Promise<number> {
  const wanted = asked ?? Math.min(2 * availableParallelism(), mostByDefault);
  const { rows } = await session.query({
    text: `SELECT least(
        current_setting('max_connections')::int8 - current_setting('superuser_reserved_connections')::int8
          - count(*) FILTER (WHERE backend_type = 'client backend'),
        (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user) - count(*) FILTER (WHERE usename = current_user),
        (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database())
          - count(*) FILTER (WHERE datname = current_database()))
      FROM pg_stat_activity`,
  });
  return Math.max(Math.min(wanted, Number(rows[0]?.[0]) - sparedConnections), 1);
}
