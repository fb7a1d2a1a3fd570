import type { TableDescription } from '../../databases/table-description.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import type { ColumnPlace } from '../../model/cells/cell-places.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { parseSealedNames } from '../../planning/encryption/sealed-names.ts';

/** Finds the place of a column, or undefined where nothing special is known of it. */
type PlaceFinder = (table: string, column: string) => ColumnPlace | undefined;

/** A database whose columns go by the names that migrations have recorded, where those are not their own. */
export function withRecordedPlaces(database: TargetDatabase): TargetDatabase {
  return withPlaces(database, async () => {
    const recorded = recordedPlaces(await database.ledger.listMigrations());
    return (table, column) => recorded.get(JSON.stringify([table, column]));
  });
}

/** A database some of whose tables and columns go by the names they had when their cells were sealed; see `parseSealedNames`. */
export async function withSealedNames(
  database: TargetDatabase,
  texts: readonly string[] = [],
): Promise<TargetDatabase> {
  if (texts.length === 0) return database;
  const names = parseSealedNames(texts, await database.listTables());
  return withPlaces(database, () =>
    Promise.resolve((table, column) => {
      const ofTable = names.filter((one) => one.now.table === table);
      const found = ofTable.find(({ now }) => now.column === column);
      if (found) return { table: found.then.table, column: found.then.column ?? column };
      const whole = ofTable.find(({ now }) => now.column === undefined);
      return whole && { table: whole.then.table, column };
    }),
  );
}

function withPlaces(database: TargetDatabase, findPlaces: () => Promise<PlaceFinder>): TargetDatabase {
  return {
    ...database,
    async listTables() {
      const tables = await database.listTables();
      const placeOf = await findPlaces();
      return tables.map((table) => place(table, placeOf));
    },
  };
}

function place(description: TableDescription, placeOf: PlaceFinder): TableDescription {
  const columns = description.columns.map((column) => ({
    ...column,
    place: placeOf(description.table, column.name) ?? column.place,
  }));
  return { ...description, columns };
}

/** What the latest migration of each column says of its place. */
function recordedPlaces(migrations: readonly MigrationRecord[]): ReadonlyMap<string, ColumnPlace> {
  const places = new Map<string, ColumnPlace>();
  // The latest comes first, so that it is the last to be entered.
  for (const { plan } of migrations.toReversed()) {
    for (const { table, columns } of plan.targets) {
      for (const { name, place } of columns) if (place) places.set(JSON.stringify([table, name]), place);
    }
  }
  return places;
}
