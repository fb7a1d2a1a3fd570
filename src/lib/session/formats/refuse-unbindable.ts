import type { TableDescription } from '../../databases/table-description.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { Plan, PlannedColumn, PlannedTarget } from '../../model/plans/plan.ts';
import { formatIfEncrypted } from './bind-transcoder.ts';

/**
 * Throws where cells are to be bound to rows that nothing names for good, or are bound already to what the plan would change
 * (exit 2): the table has no primary key, or the plan rewrites it.
 */
export async function refuseUnbindable(database: TargetDatabase, { targets }: Plan): Promise<void> {
  const tables = await database.listTables();
  const recorded = await columnsBoundToRows(database);
  for (const target of targets) {
    const { table, columns } = target;
    const planned = columns.filter(isBoundToRow).map(({ name }) => name);
    const isPlanned = (name: string): boolean => columns.some((column) => column.name === name);
    const others = (recorded.get(table) ?? []).filter((name) => !isPlanned(name));
    if (planned.length + others.length === 0) continue;
    const description = tables.find((one) => one.table === table);
    const reason = reasonAgainst(target, description, planned.length > 0 ? 'planned' : 'recorded');
    if (reason !== null) throw unbindable(table, [...planned, ...others], reason);
  }
}

/** By table, the columns that the latest migration of each has bound to their rows. */
async function columnsBoundToRows({
  ledger,
}: TargetDatabase): Promise<ReadonlyMap<string, readonly string[]>> {
  const seen = new Set<string>();
  const bound = new Map<string, readonly string[]>();
  for (const { plan } of await ledger.listMigrations()) {
    for (const { table, columns } of plan.targets) {
      const fresh = columns.filter(({ name }) => !seen.has(renderColumnName({ table, column: name })));
      for (const { name } of fresh) seen.add(renderColumnName({ table, column: name }));
      const names = fresh.filter(isBoundToRow).map(({ name }) => name);
      bound.set(table, [...(bound.get(table) ?? []), ...names]);
    }
  }
  return bound;
}

function isBoundToRow({ to }: PlannedColumn): boolean {
  return formatIfEncrypted(to).some(({ binding }) => binding === 'row');
}

function reasonAgainst(
  { columns }: PlannedTarget,
  description: TableDescription | undefined,
  binding: 'planned' | 'recorded',
): string | null {
  const primaryKey = description?.primaryKey ?? [];
  if (binding === 'planned' && primaryKey.length === 0)
    return 'the table has no primary key that names a row for good';
  const changed = primaryKey.filter((name) => columns.some((column) => column.name === name));
  return changed.length === 0 ? null : `${changed.join(', ')}, which names them, is to be rewritten itself`;
}

function unbindable(table: string, columns: readonly string[], reason: string): KeyturnError {
  const names = columns.map((column) => renderColumnName({ table, column }));
  return new KeyturnError({
    code: 'KT_NO_ROW_KEY',
    reason: 'usage',
    message: `cells of ${names.join(', ')} cannot be bound to their rows: ${reason}`,
    hints: [
      'bind them to their column alone: encrypt with --bind column, rotate with --to-format tink-xaes:bind=column',
      'give the table a primary key that never changes',
    ],
  });
}
