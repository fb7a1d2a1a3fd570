import { renderColumnName } from '../../model/columns/column-name.ts';
import type { ColumnState } from '../../model/columns/column-state.ts';
import { indexesKept } from '../../model/plans/batch-layout.ts';
import type {
  MigrationKind,
  Plan,
  PlannedColumn,
  PlannedKey,
  PlannedTarget,
} from '../../model/plans/plan.ts';

/** What the columns of a plan are before and after it. */
const statesOf: Readonly<Record<MigrationKind, readonly [ColumnState['kind'], ColumnState['kind']]>> = {
  rotate: ['encrypted', 'encrypted'],
  encrypt: ['plaintext', 'encrypted'],
  decrypt: ['encrypted', 'plaintext'],
};

/**
 * What in a plan contradicts the rest of it, as in no plan that keyturn has made; undefined where all of it agrees. Each
 * part is well-formed by then: this is for files that somebody has edited, hash and all.
 */
export function findContradiction(plan: Plan): string | undefined {
  return (
    findMisnamedKey(plan) ??
    findRepeated(plan.targets.map(({ table }) => renderColumnName({ table }))) ??
    plan.targets.flatMap((target) => findInTarget(plan, target) ?? [])[0]
  );
}

function findMisnamedKey({ oldKey, newKey, indexKeys = [] }: Plan): string | undefined {
  const keys = [oldKey, newKey, ...indexKeys].filter((key): key is PlannedKey => key !== null);
  const misnamed = keys.find(({ id, checkValue }) => !checkValue.startsWith(id));
  return misnamed && `key ${misnamed.id} has the check value of another one`;
}

function findInTarget(plan: Plan, { table, columns }: PlannedTarget): string | undefined {
  const written = columns.flatMap((column) => [
    column.name,
    ...(column.into ? [column.into.column] : []),
    ...indexesKept(column).map((index) => index.column),
  ]);
  return (
    findRepeated(written.map((column) => renderColumnName({ table, column }))) ??
    columns.flatMap((column) => {
      const problem = findInColumn(plan, column);
      return problem === undefined
        ? []
        : [`column ${renderColumnName({ table, column: column.name })} ${problem}`];
    })[0]
  );
}

function findInColumn(
  { kind, oldKey, newKey, indexKeys = [] }: Plan,
  column: PlannedColumn,
): string | undefined {
  const [before, after] = statesOf[kind];
  const { from, to } = column;
  if (from.kind !== before || to.kind !== after) return `is not what a plan of the kind "${kind}" works on`;
  if (!fits(from, oldKey) || !fits(to, newKey)) return 'is under a key that the plan does not have';
  const isKnown = (keyId: string): boolean => indexKeys.some(({ id }) => id === keyId);
  return indexesKept(column).every(({ keyId }) => isKnown(keyId))
    ? undefined
    : 'has a blind index under a key that the plan does not have';
}

function fits(state: ColumnState, key: PlannedKey | null): boolean {
  return state.kind === 'encrypted' ? state.keyId === key?.id : key === null;
}

function findRepeated(names: readonly string[]): string | undefined {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  return repeated && `${repeated} stands in it twice`;
}
