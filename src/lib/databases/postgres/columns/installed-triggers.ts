import { purposeOf, type InstalledTriggers } from '../../../model/schema/installed-triggers.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import type { PostgresSession } from '../connection/session.ts';
import { displayedName } from '../schema/schema.ts';
import { guardRemoval } from './write-guard.ts';

interface CalledFunction extends Pick<InstalledTriggers, 'purpose' | 'id'> {
  readonly schema: string;
  readonly name: string;
  /** The table of a trigger that calls it; `null`: none does. */
  readonly table: string | null;
}

/**
 * The triggers of guards and pairs that are in the database, by what they are for. They go with their functions, which are
 * in the schema of the ledger that made them, wherever that was.
 */
export async function listInstalledTriggers(session: PostgresSession): Promise<readonly InstalledTriggers[]> {
  const { rows } = await session.query({
    text: `SELECT space.nspname, routine.proname, table_space.nspname, relation.relname
           FROM pg_proc AS routine JOIN pg_namespace AS space ON space.oid = routine.pronamespace
           LEFT JOIN pg_trigger AS called ON called.tgfoid = routine.oid AND NOT called.tgisinternal
           LEFT JOIN pg_class AS relation ON relation.oid = called.tgrelid
           LEFT JOIN pg_namespace AS table_space ON table_space.oid = relation.relnamespace
           WHERE routine.proname ~ '^keyturn_(guard|pair)_[0-9]+_' ORDER BY 1, 2, 3, 4`,
  });
  const functions = rows.flatMap(([schema, name, tableSchema, table]): readonly CalledFunction[] => {
    const found = purposeOf(name ?? '');
    if (found === undefined) return [];
    const isCalled = tableSchema !== null && tableSchema !== undefined;
    return [
      {
        ...found,
        schema: schema ?? '',
        name: name ?? '',
        table: isCalled ? displayedName(tableSchema, table ?? '') : null,
      },
    ];
  });
  const groups = Map.groupBy(functions, ({ purpose, id, schema }) => JSON.stringify([purpose, id, schema]));
  return [...groups.values()].flatMap((group) =>
    group.slice(0, 1).map(({ purpose, id, schema }) => ({
      purpose,
      id,
      tables: [...new Set(group.flatMap(({ table }) => (table === null ? [] : [table])))],
      removal: purpose === 'guard' ? `${guardRemoval(schema, id)};` : pairRemoval(group),
    })),
  );
}

function pairRemoval(functions: readonly CalledFunction[]): string {
  const names = new Set(
    functions.map(({ schema, name }) => `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`),
  );
  return [...names].map((name) => `DROP FUNCTION IF EXISTS ${name} CASCADE;`).join(' ');
}
