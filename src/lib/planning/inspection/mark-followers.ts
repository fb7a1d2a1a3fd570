import type { PlacedColumn } from '../../model/columns/placed-column.ts';
import type { ExcludedColumn } from '../../model/plans/plan.ts';
import type { ForeignKey } from '../../model/schema/foreign-key.ts';
import type { Judgement } from './judge-columns.ts';

/**
 * Says of columns that the operator leaves out, but that refer to planned ones by a foreign key with ON UPDATE CASCADE, that the
 * database rewrites them all the same; and of those that refer to these.
 */
export function markFollowers({ planned, excluded }: Judgement, keys: readonly ForeignKey[]): Judgement {
  const rewritten = planned.flatMap(({ inspection, columns }) =>
    columns.map(({ description }) => ({ table: inspection.description.table, column: description.name })),
  );
  return { planned, excluded: markAlong(excluded, rewritten, keys) };
}

function markAlong(
  excluded: readonly ExcludedColumn[],
  rewritten: readonly PlacedColumn[],
  keys: readonly ForeignKey[],
): readonly ExcludedColumn[] {
  const followers = excluded.filter((column) => isLeftOut(column) && follows(column, rewritten, keys));
  if (followers.length === 0) return excluded;
  const reason = 'rewritten by the database along with a column that it refers to by a foreign key';
  const marked = excluded.map((column): ExcludedColumn =>
    followers.includes(column) ? { ...column, reason } : column,
  );
  return markAlong(marked, followers, keys);
}

function isLeftOut({ reason }: ExcludedColumn): boolean {
  return reason === 'excluded by the operator' || reason === 'not among the tables and columns asked for';
}

function follows(
  { table, column }: PlacedColumn,
  rewritten: readonly PlacedColumn[],
  keys: readonly ForeignKey[],
): boolean {
  return keys.some(
    (key) =>
      key.onUpdate === 'follows' &&
      key.table === table &&
      key.columns.some(
        (name, index) =>
          name === column &&
          rewritten.some(
            (one) => one.table === key.refersTo.table && one.column === key.refersTo.columns[index],
          ),
      ),
  );
}
