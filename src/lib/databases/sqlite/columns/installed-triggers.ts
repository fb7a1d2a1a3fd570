import type Database from 'better-sqlite3';
import { purposeOf, type InstalledTriggers } from '../../../model/schema/installed-triggers.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { guardTriggers, pairTriggers } from '../schema/trigger-names.ts';

interface TriggerRow {
  readonly name: string;
  readonly tbl_name: string;
}

/** The triggers of guards and pairs that are in the file, by what they are for and by table. */
export function listInstalledTriggers(database: Database.Database): readonly InstalledTriggers[] {
  const rows = database
    .prepare<[string, string], TriggerRow>(
      "SELECT name, tbl_name FROM sqlite_schema WHERE type = 'trigger' AND (name GLOB ? OR name GLOB ?) ORDER BY tbl_name, name",
    )
    .all(guardTriggers, pairTriggers);
  const named = rows.flatMap((row) => {
    const found = purposeOf(row.name);
    return found === undefined ? [] : [{ ...row, ...found }];
  });
  const groups = Map.groupBy(named, ({ purpose, id, tbl_name: table }) =>
    JSON.stringify([purpose, id, table]),
  );
  return [...groups.values()].flatMap((group) =>
    group.slice(0, 1).map(({ purpose, id, tbl_name: table }) => ({
      purpose,
      id,
      tables: [table],
      removal: group.map(({ name }) => `DROP TRIGGER ${quoteIdentifier(name)};`).join(' '),
    })),
  );
}
