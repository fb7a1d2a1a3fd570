import type { TextEncodingName } from '../../../model/databases/text-encoding-name.ts';
import { reached } from '../../../model/runs/step.ts';
import type { Scrubber, ScrubOutlook } from '../../scrubber.ts';
import { tableGone } from '../connection/errors.ts';
import type { PostgresSession } from '../connection/session.ts';
import { readShapes } from '../schema/schema.ts';
import type { TableShape } from '../schema/table-shape.ts';
import type { Lane } from '../transactions/lane.ts';
import { listBeyondReach } from './beyond-reach.ts';
import { reachFiles } from './reading/registry.ts';
import { renewLog } from './renew-log.ts';
import { rewriteStatistics, rewriteTable } from './rewrite-table.ts';

/** What scrubbing a database of a server takes. */
interface ScrubberParts {
  readonly readingLane: Lane;
  readonly writingLane: Lane;
  readonly ledgerSchema: string;
}

/** Scrubs a database of a PostgreSQL server, as far as this user may. */
export function createScrubber({ readingLane, writingLane, ledgerSchema }: ScrubberParts): Scrubber {
  const shapesOf = async (
    session: PostgresSession,
    tables: readonly string[],
  ): Promise<readonly TableShape[]> => {
    const shapes = await readShapes(session, ledgerSchema);
    return tables.map((table) => {
      const shape = shapes.find((one) => one.table === table);
      if (!shape) throw tableGone(table);
      return shape;
    });
  };
  return {
    examine: (tables) =>
      readingLane.run(async (session) => examine(session, await shapesOf(session, tables))),
    async rewrite(tables, timeoutMilliseconds) {
      for (const table of tables) {
        await writingLane.run(async (session) =>
          rewriteTable(session, (await shapesOf(session, [table]))[0], timeoutMilliseconds),
        );
      }
      reached('database rewritten');
      await writingLane.run(rewriteStatistics);
      reached('statistics renewed');
      await writingLane.run(renewLog);
      reached('log emptied');
    },
    emptyLog: () => Promise.resolve({ kind: 'empty' }),
    reach: async (tables) =>
      reachFiles(readingLane, await readingLane.run((session) => shapesOf(session, tables))),
    locate: ({ owner }, offsets) => Promise.resolve(offsets.map(() => owner ?? 'the write-ahead log')),
    beyondReach: () => readingLane.run(listBeyondReach),
  };
}

async function examine(session: PostgresSession, shapes: readonly TableShape[]): Promise<ScrubOutlook> {
  const { rows } = await session.query({
    text: 'SELECT sum(pg_total_relation_size(oid)) FROM unnest($1::oid[]) AS oid',
    values: [`{${shapes.map(({ oid }) => oid).join(',')}}`],
  });
  return {
    neededBytes: Number(rows[0]?.[0] ?? 0),
    consequences: shapes.map(
      ({ table }) => `nobody else can read or write table "${table}" while it is rewritten`,
    ),
  };
}

/** How text stands in the files of the database. */
export async function readTextEncoding(session: PostgresSession): Promise<TextEncodingName> {
  const { rows } = await session.query({ text: "SELECT current_setting('server_encoding')" });
  return rows[0]?.[0] === 'UTF8' ? 'utf8' : 'other';
}
