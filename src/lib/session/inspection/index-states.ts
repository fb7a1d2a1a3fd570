import type { TargetDatabase } from '../../databases/target-database.ts';
import type { IndexDefinition, IndexRecord, IndexState } from '../../model/columns/blind-index.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { indexesKept } from '../../model/plans/batch-layout.ts';
import type { PlannedColumn } from '../../model/plans/plan.ts';
import { columnOfCells } from '../../model/plans/planned-pair.ts';

/** A blind index of a migration's columns, and how far it is. */
export interface MigrationIndex extends Pick<
  IndexRecord,
  'table' | 'cells' | 'column' | 'normaliser' | 'version' | 'bits' | 'uniqueness' | 'keyId'
> {
  readonly state: IndexState;
}

/** The blind indexes of a migration's columns, from the ledger alone. Those that are gone with it are left out. */
export async function readIndexStates(
  { ledger }: TargetDatabase,
  migration: MigrationRecord,
): Promise<readonly MigrationIndex[]> {
  const known = await ledger.listIndexes();
  return migration.plan.targets.flatMap(({ table, columns }) =>
    columns.flatMap((column) => {
      const cells = columnOfCells(column);
      return known
        .filter((index) => index.table === table && index.cells === cells)
        .map((index) => ({ ...index, state: stateOf(index, column, migration) }));
    }),
  );
}

function stateOf(index: IndexRecord, column: PlannedColumn, { plan, state }: MigrationRecord): IndexState {
  const definition = indexesKept(column).find((one) => isMadeAs(index, one));
  if (definition === undefined) return 'current';
  const isBuilt = state === 'ready' || state === 'finalizing' || state === 'succeeded';
  if (definition.replaces === undefined) return isBuilt || plan.kind === 'rotate' ? 'current' : 'building';
  if (index.column !== definition.column) return 'swapped';
  return isBuilt ? 'next' : 'building';
}

/** A record has the column that the plan says, or, once it is swapped, that of the one before it. */
function isMadeAs(index: IndexRecord, { column, replaces, keyId }: IndexDefinition): boolean {
  return index.column === column || (index.column === replaces && index.keyId === keyId);
}
