import type { CellFormat } from '../../formats/cell-format.ts';
import { formatNamed } from '../../formats/format-named.ts';
import type { FormatName } from '../../model/columns/column-state.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { Plan } from '../../model/plans/plan.ts';
import type { ColumnFilter } from '../../planning/inspection/select-columns.ts';
import { formatsOfPlan, type RotationFormats } from './choose-formats.ts';

/** Throws where cells would come to stand in a format without integrity (exit 2). */
export function refuseWeakTarget(name: FormatName): void {
  const target = formatNamed(name);
  if (target.integrity === 'none') throw readOnly(target);
}

/** Throws where a rotation would have to guess which columns hold cells (exit 2). */
export function refuseGuesswork({ from }: RotationFormats, filter: ColumnFilter): void {
  const source = formatNamed(from);
  if (isGuesswork(source) && filter.columns.length === 0) throw columnsNeeded(source);
}

/**
 * Throws where others may use the database while cells lie in it that do not say under which key they are (exit 2): an
 * application that reads both would take the one for the other.
 */
export function refuseSharedGuesswork(plan: Plan): void {
  const { from, to } = formatsOfPlan(plan);
  const guesswork = [from, to].flatMap((name) => (name === null ? [] : formatNamed(name))).find(isGuesswork);
  if (guesswork === undefined) return;
  throw new KeyturnError({
    code: 'KT_FORMAT_NEEDS_EXCLUSIVE',
    reason: 'usage',
    message: `cells of ${guesswork.name} do not say under which key they are, and a wrong key can seem to open one: an application cannot read both`,
    hints: ['stop the application, and add --exclusive'],
  });
}

/** Tells whether opening a cell proves nothing, and its bytes say nothing of its key. */
export function isGuesswork({ integrity, detection }: CellFormat): boolean {
  return integrity === 'none' && detection === 'by key';
}

/** The error of a format that is only ever migrated away from. */
export function readOnly({ name }: CellFormat): KeyturnError {
  return new KeyturnError({
    code: 'KT_FORMAT_READ_ONLY',
    reason: 'usage',
    message: `${name} has no integrity: keyturn reads it to migrate away from it, and writes it in a rollback alone`,
    hints: ['choose an authenticated format: --to-format tink-xaes'],
  });
}

function columnsNeeded({ name }: CellFormat): KeyturnError {
  return new KeyturnError({
    code: 'KT_FORMAT_NEEDS_COLUMNS',
    reason: 'usage',
    message: `a wrong key can seem to open a cell of ${name}, so its columns cannot be found by trying`,
    hints: ['name every column: --column TABLE.COLUMN'],
  });
}
