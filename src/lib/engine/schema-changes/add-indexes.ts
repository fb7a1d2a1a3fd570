import type { TargetTransaction } from '../../databases/target-database.ts';
import { indexesKept } from '../../model/batch-layout.ts';
import { findIndex } from '../../model/blind-index.ts';
import { columnOfCells } from '../../model/planned-pair.ts';
import type { Plan, PlannedColumn } from '../../model/plan.ts';

/** The columns of one table, and which of them are to have blind indexes. */
interface IndexedTable {
  readonly plan: Plan;
  readonly table: string;
  readonly columns: readonly PlannedColumn[];
  readonly exists: (table: string, column: string) => boolean;
  readonly actor: string;
}

/** Adds the columns of the blind indexes that the ledger does not know yet, with the database's own indexes over them. */
export async function addIndexes(
  { ledger, pairs, indexes }: TargetTransaction,
  { plan, table, columns, exists, actor }: IndexedTable,
): Promise<void> {
  const known = await ledger.listIndexes();
  for (const column of columns) {
    for (const definition of indexesKept(column)) {
      const recorded = findIndex(known, table, definition);
      if (recorded !== undefined && exists(table, recorded.column)) continue;
      // Somebody has dropped or renamed its column: it is made anew.
      if (recorded !== undefined) await ledger.forgetIndex(recorded, actor);
      const key = plan.indexKeys?.find(({ id }) => id === definition.keyId);
      if (key === undefined) throw new Error(`the plan does not name the key of "${definition.column}"`);
      const isThere = exists(table, definition.column);
      if (!isThere) await pairs.addColumn({ table, column: definition.column, type: definition.type });
      const record = await ledger.recordIndex(
        {
          ...definition,
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
