import type { ColumnDescription, TableDescription } from '../../databases/table-description.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import {
  collisionChance,
  findIndex,
  type IndexDefinition,
  type IndexRecord,
} from '../../model/columns/blind-index.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import type { DatabaseIdentity } from '../../model/databases/database-identity.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { indexesKept } from '../../model/plans/batch-layout.ts';
import { keyOfIndex } from '../../model/plans/key-of-index.ts';
import type { Plan, PlannedKey, PlannedTarget } from '../../model/plans/plan.ts';
import { countedText } from '../../model/texts/counted-text.ts';
import { selectColumns } from '../inspection/select-columns.ts';
import { listKnownIndexes } from './known-indexes.ts';

/** A blind index as a flag or a field type requests it. */
export interface RequestedIndex extends Pick<
  IndexDefinition,
  'normaliser' | 'version' | 'bits' | 'uniqueness'
> {
  /** The column of the values, as `--column` takes it. */
  readonly of: string;
  /** The column that takes the indexes; without it, it is named after that of the values. */
  readonly column?: string;
  /** What a configuration says a column holds may be of one that a command has nothing to do with. */
  readonly origin: 'asked for' | 'of a field type';
}

/** What decides which indexes the columns of a plan have. */
export interface IndexRequest {
  readonly requested: readonly RequestedIndex[];
  /** The key of the new ones; `null` where there are none. */
  readonly key: PlannedKey | null;
  /** The column that takes the cells of another one, where they do not stay where they are. */
  readonly cellsOf: (table: string, column: ColumnDescription) => string;
}

/** A type that databases compare byte by byte. */
const columnTypes: Readonly<Record<DatabaseIdentity['kind'], string>> = { sqlite: 'BLOB', postgres: 'bytea' };

/** Two different values may have the same unique index at most this likely. */
const toleratedCollisions = 1e-6;

/** Finds out for a column which indexes it gets, beside those that it has. */
export type IndexPlanner = (
  table: Pick<TableDescription, 'table'> & { readonly rows: number },
  column: ColumnDescription,
) => readonly IndexDefinition[];

/** Prepares to plan indexes. Throws where one is requested for a column that is not to be encrypted (exit 2). */
export async function createIndexPlanner(
  database: TargetDatabase,
  columns: readonly string[],
  request: IndexRequest,
): Promise<IndexPlanner> {
  const tables = await database.listTables();
  const { present: known } = await listKnownIndexes(database);
  const named = (texts: readonly string[]): ReturnType<typeof selectColumns> =>
    selectColumns({ tables: [], columns: texts, exclude: [] }, tables);
  const located = request.requested.map((index) => ({ index, isOf: named([index.of]) }));
  const isPlanned = named(columns);
  for (const { index, isOf } of located) {
    const isThere = tables.some(({ table, columns: all }) =>
      all.some(({ name }) => isOf(table, name) === 'named' && isPlanned(table, name) === 'named'),
    );
    if (!isThere && index.origin === 'asked for') throw notEncrypted(index);
  }
  return ({ table, rows }, column) => {
    const requested = located
      .filter(({ isOf }) => isOf(table, column.name) === 'named')
      .map(({ index }) => index);
    const fresh = requested.map((index, place) => {
      const definition = define(index, { column, place, key: request.key, database: database.identity.kind });
      refuseShort(definition, rows);
      return asKnown(definition, findIndex(known, table, definition));
    });
    refuseTwice(table, fresh);
    const cells = request.cellsOf(table, column);
    const kept = known.filter(
      (record) =>
        record.table === table && record.cells === cells && findDefinition(fresh, record) === undefined,
    );
    return [...kept.map(definitionOf), ...fresh];
  };
}

/** The keys of all indexes of a plan: the given one for requested indexes, the recorded one for the others. */
export async function indexKeysOf(
  { ledger }: TargetDatabase,
  targets: readonly PlannedTarget[],
  given: PlannedKey | null,
): Promise<Pick<Plan, 'indexKeys'>> {
  const ids = new Set(
    targets.flatMap(({ columns }) => columns.flatMap(indexesKept)).map(({ keyId }) => keyId),
  );
  if (ids.size === 0) return {};
  const known = (await ledger.listIndexes()).map(keyOfIndex);
  const keys = given === null ? known : [given, ...known];
  return { indexKeys: [...ids].flatMap((id) => keys.find((key) => key.id === id) ?? []) };
}

function define(
  { normaliser, version, bits, uniqueness, column: companion }: RequestedIndex,
  {
    column: { name, place: sealed },
    place,
    key,
    database,
  }: {
    readonly column: ColumnDescription;
    readonly place: number;
    readonly key: PlannedKey | null;
    readonly database: DatabaseIdentity['kind'];
  },
): IndexDefinition {
  if (key === null) throw new Error('a blind index needs a key');
  const usual = place === 0 ? `${name}_bidx` : `${name}_${normaliser.replaceAll('-', '_')}_bidx`;
  return {
    normaliser,
    version,
    bits,
    place: { table: sealed.table, column: name },
    column: companion ?? usual,
    type: columnTypes[database],
    uniqueness,
    keyId: key.id,
  };
}

/** One that exists already has to be the same; a different one needs another column. */
function asKnown(wanted: IndexDefinition, known: IndexRecord | undefined): IndexDefinition {
  if (known === undefined) return wanted;
  const [before, after] = [definitionOf(known), wanted];
  const isSame =
    before.normaliser === after.normaliser &&
    before.version === after.version &&
    before.bits === after.bits &&
    before.uniqueness === after.uniqueness &&
    before.keyId === after.keyId;
  if (isSame) return before;
  throw new KeyturnError({
    code: 'KT_INDEX_DIFFERS',
    reason: 'usage',
    message:
      `column "${known.column}" holds the blind index ${before.normaliser}/${before.version} of ${before.bits} bits under ` +
      `key ${before.keyId} already, and not ${after.normaliser}/${after.version} of ${after.bits} bits under key ${after.keyId}`,
    hints: [
      `name another column: --blind-index '...:${after.normaliser},column=${after.column}_2'`,
      'say the same as before',
    ],
  });
}

/** How an index on record is made. */
export function definitionOf({
  normaliser,
  version,
  bits,
  place,
  column,
  type,
  uniqueness,
  keyId,
}: IndexRecord): IndexDefinition {
  return { normaliser, version, bits, place, column, type, uniqueness, keyId };
}

function findDefinition(
  definitions: readonly IndexDefinition[],
  { column }: Pick<IndexDefinition, 'column'>,
): IndexDefinition | undefined {
  return definitions.find((definition) => definition.column === column);
}

function refuseTwice(table: string, definitions: readonly IndexDefinition[]): void {
  const twice = definitions.find((one, place) => findDefinition(definitions.slice(0, place), one));
  if (twice === undefined) return;
  throw new KeyturnError({
    code: 'KT_COLUMN_TAKEN',
    reason: 'usage',
    message: `two blind indexes are to go into column ${renderColumnName({ table, column: twice.column })}`,
    hints: [`name another column for one of them: --blind-index '...,column=${twice.column}_2'`],
  });
}

/** Different values with the same unique index would keep each other out of the table. */
function refuseShort({ column, uniqueness, bits }: IndexDefinition, rows: number): void {
  if (uniqueness === 'repeatable' || collisionChance(rows, bits) <= toleratedCollisions) return;
  throw new KeyturnError({
    code: 'KT_INDEX_TOO_SHORT',
    reason: 'usage',
    message: `${bits} bits are too few for the unique index "${column}" of ${countedText(rows, 'row')}: different values could have the same one`,
    hints: ['write bits=128, or leave bits out', 'leave unique out'],
  });
}

function notEncrypted({ of, normaliser }: RequestedIndex): KeyturnError {
  return new KeyturnError({
    code: 'KT_INDEX_COLUMN',
    reason: 'usage',
    message: `--blind-index "${of}:${normaliser}" is of a column that this command does not encrypt`,
    hints: [`add --column '${of}'`],
  });
}
