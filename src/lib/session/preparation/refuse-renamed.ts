import type { TableDescription } from '../../databases/table-description.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import type { SecretKey } from '../../keys/secret-key.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { columnOfCells, findPair } from '../../model/plans/planned-pair.ts';
import type { Leftover } from '../../model/runs/leftover.ts';
import { countedText } from '../../model/texts/counted-text.ts';
import { censusTargetsOf, type CensusTarget } from '../../planning/census/census.ts';
import { findCellsUnder } from '../../planning/census/find-cells-under.ts';
import { planOf } from '../database/recorded-migrations.ts';
import { formatOf } from '../formats/bind-transcoder.ts';

/** A migration that is to be taken back: its inverted plan, the tables as they are now, and the key of its cells. */
interface WayBack {
  readonly whole: Plan;
  readonly tables: readonly TableDescription[];
  readonly key: SecretKey;
}

/**
 * Refuses to give columns their plaintext back where some of them are gone, while cells under their key stand in a column
 * that no migration knows: it was renamed, would be left out, and nothing would be left that knows of its cells (exit 16).
 * The same where the column is gone to which the values of a pair go back, and no finalize has retired it. What a rotation
 * leaves under its old key is found by its own census.
 */
export async function refuseRenamed(
  database: TargetDatabase,
  { whole, tables, key }: WayBack,
): Promise<void> {
  if (whole.kind !== 'decrypt') return;
  await refuseLostPlaintext(database, whole, tables);
  const gone = goneColumns(whole, tables);
  const formats = new Set(
    whole.targets.flatMap(({ columns }) =>
      columns.flatMap(({ from }) => (from.kind === 'encrypted' ? [formatOf(from)] : [])),
    ),
  );
  if (gone.length === 0) return;
  const known = await knownColumns(database);
  for (const format of formats) {
    const [found] = await findCellsUnder(database, known, { format, cipher: format.bind(key) });
    if (found) throw renamed(gone, found);
  }
}

/** The columns of cells that are not there any more. */
function goneColumns({ targets }: Plan, tables: readonly TableDescription[]): readonly CensusTarget[] {
  return targets.flatMap(({ table, columns }) => {
    const gone = columns.map(columnOfCells).filter((column) => !isThere(tables, table, column));
    return gone.length === 0 ? [] : [{ table, columns: gone }];
  });
}

function isThere(tables: readonly TableDescription[], table: string, column: string): boolean {
  const description = tables.find((one) => one.table === table);
  return description?.columns.some(({ name }) => name === column) === true;
}

/** A column that a finalize has retired can be made again; of any other nobody knows what it was, or is called by now. */
async function refuseLostPlaintext(
  { ledger }: TargetDatabase,
  { targets }: Plan,
  tables: readonly TableDescription[],
): Promise<void> {
  const pairs = await ledger.listPairs();
  const [lost] = targets.flatMap(({ table, columns }) =>
    columns.flatMap((column) => {
      const pair = findPair(pairs, table, column);
      const isLost = pair?.retired === null && isThere(tables, table, pair.cells);
      return isLost && !isThere(tables, table, pair.plaintext) ? [pair] : [];
    }),
  );
  if (lost === undefined) return;
  const name = renderColumnName({ table: lost.table, column: lost.plaintext });
  throw new KeyturnError({
    code: 'KT_COLUMN_RENAMED',
    reason: 'rollbackImpossible',
    message: `${name}, to which its values go back, is gone: it was renamed, or dropped without "keyturn finalize"`,
    hints: [
      `where it was renamed: give ${name} its old name again, take the migration back, and rename it then`,
      'where it was dropped: add it again, empty and of its old type, then run the same command again with --prefer cells',
    ],
  });
}

/** The columns of all migrations: cells in them are known of. */
async function knownColumns(database: TargetDatabase): Promise<readonly CensusTarget[]> {
  const migrations = await database.ledger.listMigrations();
  return migrations.flatMap((migration) => censusTargetsOf(planOf(migration, database)));
}

function renamed(gone: readonly CensusTarget[], { table, column, cells }: Leftover): KeyturnError {
  const names = gone.flatMap((target) =>
    target.columns.map((name) => renderColumnName({ table: target.table, column: name })),
  );
  const found = renderColumnName({ table, column });
  return new KeyturnError({
    code: 'KT_COLUMN_RENAMED',
    reason: 'rollbackImpossible',
    message:
      `${names.join(', ')} of the migration ${names.length === 1 ? 'is' : 'are'} gone, and ${found}, which it does not know, ` +
      `holds ${countedText(cells, 'cell')} under its key, which would stay encrypted`,
    hints: [
      `give ${found} its old name again, take the migration back, and rename it then`,
      'where the cells are no longer needed: drop their column, and take the migration back',
    ],
  });
}
