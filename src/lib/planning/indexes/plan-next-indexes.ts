import type { TargetDatabase } from '../../databases/target-database.ts';
import type { IndexDefinition, IndexRecord } from '../../model/columns/blind-index.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { Plan, PlannedColumn, PlannedKey, PlannedTarget } from '../../model/plans/plan.ts';
import { listKnownIndexes } from './known-indexes.ts';
import { definitionOf } from './plan-indexes.ts';

/**
 * The same columns with new blind indexes beside those that they have, under another key; they take the old ones' columns at the end of
 * the rotation. Those that are under that key already stay out of it. Exit 17 where no planned column has an index.
 */
export async function withNextIndexes(
  database: TargetDatabase,
  targets: readonly PlannedTarget[],
  key: PlannedKey,
): Promise<Pick<Plan, 'targets' | 'indexKeys'>> {
  const { present: known } = await listKnownIndexes(database);
  const isOf = ({ table }: PlannedTarget, { name }: PlannedColumn, index: IndexRecord): boolean =>
    index.table === table && index.cells === name;
  const isIndexed = targets.some((target) =>
    target.columns.some((column) => known.some((index) => isOf(target, column, index))),
  );
  if (!isIndexed) throw nothingToReplace(targets);
  const nextOf = (target: PlannedTarget, column: PlannedColumn): readonly IndexDefinition[] =>
    known
      .filter((index) => isOf(target, column, index) && index.replaces === undefined)
      .filter(({ keyCheckValue }) => keyCheckValue !== key.checkValue)
      .map((index) => next(index, key, known));
  const renewed = targets.map((target) => ({
    ...target,
    columns: target.columns.map((column) => {
      const indexes = nextOf(target, column);
      return indexes.length === 0 ? column : { ...column, indexes };
    }),
  }));
  const isChanging = renewed.some(({ columns }) => columns.some(({ indexes }) => indexes !== undefined));
  return { targets: renewed, ...(isChanging && { indexKeys: [key] }) };
}

function next(index: IndexRecord, key: PlannedKey, known: readonly IndexRecord[]): IndexDefinition {
  const column = `${index.column}_next`;
  const begun = known.find((one) => one.table === index.table && one.column === column);
  if (begun !== undefined && begun.keyCheckValue !== key.checkValue) throw begunOtherwise(begun, key);
  return { ...definitionOf(index), column, keyId: key.id, replaces: index.column };
}

function nothingToReplace(targets: readonly PlannedTarget[]): KeyturnError {
  return new KeyturnError({
    code: 'KT_NO_INDEX',
    reason: 'nothingFound',
    message: `none of the planned columns has a blind index (in ${targets.map(({ table }) => `"${table}"`).join(', ')})`,
    hints: ['leave --new-index-key out', 'keyturn status'],
  });
}

function begunOtherwise({ column, keyId }: IndexRecord, key: PlannedKey): KeyturnError {
  return new KeyturnError({
    code: 'KT_INDEX_DIFFERS',
    reason: 'usage',
    message: `column "${column}" holds new blind indexes under key ${keyId} already, and not under key ${key.id}`,
    hints: [
      `go on with key ${keyId}: --new-index-key`,
      'keyturn rollback   # takes them away; then begin with another key',
    ],
  });
}
