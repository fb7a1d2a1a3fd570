import { renderColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { wayAsHint, waysOnwards } from '../../model/migrations/ways-onwards.ts';
import { keyChange } from '../../model/plans/key-change.ts';
import type { Plan } from '../../model/plans/plan.ts';

/**
 * Tells whether a plan does all that an unfinished one of the same states was to do. The planner of a rotation sees to that;
 * columns that are encrypted or decrypted are named one by one, and one that is left out would stay half way for good.
 */
export function takesAlong(plan: Plan, unfinished: Plan): boolean {
  if (plan.kind === 'rotate') return true;
  const ways = waysOf(plan);
  return waysOf(unfinished).every((way) => ways.includes(way));
}

/** The columns of a plan, each with the one that its values go into, if they do. */
function waysOf({ targets }: Plan): readonly string[] {
  return targets.flatMap(({ table, columns }) =>
    columns.map(({ name: column, into }) => {
      const name = renderColumnName({ table, column });
      return into === undefined ? name : `${name} into ${renderColumnName({ table, column: into.column })}`;
    }),
  );
}

/** The error where giving up what is unfinished would leave its columns half way. */
export function endFirst(unfinished: MigrationRecord): KeyturnError {
  const { id, state, plan, failure } = unfinished;
  const why = failure === null ? '' : `; ${failure.message}`;
  return new KeyturnError({
    code: 'KT_UNFINISHED_MIGRATION',
    reason: 'usage',
    message: `migration ${id} ${keyChange(plan)} is unfinished (${state}): ${waysOf(plan).join(', ')}${why}`,
    hints: [
      ...waysOnwards(unfinished).map(wayAsHint),
      'keyturn rollback   # takes it back',
      'keyturn cancel   # gives it up as it is, with cells in both states',
      'keyturn status',
    ],
  });
}
