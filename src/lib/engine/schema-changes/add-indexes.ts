import type { TargetTransaction } from '../../databases/target-database.ts';
import { findIndex, type IndexDefinition, type IndexRecord } from '../../model/columns/blind-index.ts';
import { indexesKept } from '../../model/plans/batch-layout.ts';
import type { Plan, PlannedColumn } from '../../model/plans/plan.ts';
import { columnOfCells } from '../../model/plans/planned-pair.ts';
import type { ColumnLookup } from './existing-columns.ts';

/** The columns of one table, and which of them are to have blind indexes. */
interface IndexedTable {
  readonly plan: Plan;
  readonly table: string;
  readonly columns: readonly PlannedColumn[];
  readonly exists: ColumnLookup;
  readonly actor: string;
}

/** Tells whether the column of a blind index was dropped or renamed since a run made it. */
export function hasLostIndexes(
  known: readonly IndexRecord[],
  { table, columns, exists }: Pick<IndexedTable, 'table' | 'columns' | 'exists'>,
): boolean {
  return columns.flatMap(indexesKept).some((definition) => {
    const recorded = findIndex(known, table, definition);
    return recorded !== undefined && !exists(table, recorded.column);
  });
}

/** Adds the columns of the blind indexes that the ledger does not know yet, or whose columns are gone, with the database's own indexes over them. */
export async function addIndexes(
  { ledger, pairs, indexes }: TargetTransaction,
  { plan, table, columns, exists, actor }: IndexedTable,
): Promise<void> {
  const known = await ledger.listIndexes();
  for (const column of columns) {
    for (const definition of indexesKept(column)) {
      const recorded = findIndex(known, table, definition);
      if (recorded !== undefined && exists(table, recorded.column)) continue;
      if (recorded !== undefined) {
        await indexes.drop(recorded);
        await ledger.forgetIndex(recorded, actor);
      }
      const key = plan.indexKeys?.find(({ id }) => id === definition.keyId);
      if (key === undefined) throw new Error(`the plan does not name the key of "${definition.column}"`);
      const wanted = asRecorded(definition, recorded);
      const isThere = exists(table, wanted.column);
      if (!isThere) await pairs.addColumn({ table, column: wanted.column, type: wanted.type });
      const record = await ledger.recordIndex(
        {
          ...wanted,
          table,
          cells: columnOfCells(column),
          keyCheckValue: key.checkValue,
          keyReference: key.reference,
          origin: isThere ? 'found' : 'added',
        },
        actor,
      );
      await indexes.create(record);
    }
  }
}

/** An index that has taken the place of another one by now, and was lost there, is wanted there again. */
function asRecorded(definition: IndexDefinition, recorded: IndexRecord | undefined): IndexDefinition {
  if (recorded === undefined || recorded.column === definition.column) return definition;
  const { place, type, normaliser, version, bits, uniqueness, keyId } = definition;
  return { place, type, normaliser, version, bits, uniqueness, keyId, column: recorded.column };
}
