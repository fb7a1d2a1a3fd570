import type { TableDescription } from '../../databases/table-description.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import type { SecretKey } from '../../keys/secret-key.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { Plan } from '../../model/plans/plan.ts';
import type { Leftover } from '../../model/runs/leftover.ts';
import { countedText } from '../../model/texts/counted-text.ts';
import { censusTargetsOf, type CensusTarget } from '../../planning/census.ts';
import { findCellsUnder } from '../../planning/find-cells-under.ts';
import { planOf } from '../database/recorded-migrations.ts';
import { formatOf } from '../formats/bind-transcoder.ts';

/**
 * Refuses to give columns their plaintext back where some of them are gone, while cells under their key stand in a column
 * that no migration knows: it was renamed, would be left out, and nothing would be left that knows of its cells (exit 16).
 * What a rotation leaves under its old key is found by its own census.
 */
export async function refuseRenamed(
  database: TargetDatabase,
  {
    whole,
    tables,
    key,
  }: { readonly whole: Plan; readonly tables: readonly TableDescription[]; readonly key: SecretKey },
): Promise<void> {
  if (whole.kind !== 'decrypt') return;
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

/** The columns of a plan that are not there any more. */
function goneColumns(plan: Plan, tables: readonly TableDescription[]): readonly CensusTarget[] {
  return censusTargetsOf(plan).flatMap(({ table, columns }) => {
    const there = tables.find((one) => one.table === table)?.columns ?? [];
    const gone = columns.filter((column) => !there.some(({ name }) => name === column));
    return gone.length === 0 ? [] : [{ table, columns: gone }];
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
