import { listProcesses, type OtherProcess } from '../model/databases/other-process.ts';
import { KeyturnError } from '../model/keyturn-error.ts';
import type { MigrationFailure } from '../model/migrations/migration-failure.ts';
import { oldValuesText } from '../model/plans/key-change.ts';
import type { Plan } from '../model/plans/plan.ts';
import type { Leftover } from '../model/runs/leftover.ts';
import type { RunEnd } from './run-end.ts';

/** The ends that leave a migration `failed`. */
type FailedEnd = Extract<RunEnd, { readonly kind: 'quarantined' | 'outpaced' | 'left behind' }>;

/** Why a migration that came to its end has not succeeded. */
export function failureOfEnd(end: FailedEnd, plan: Plan): MigrationFailure {
  switch (end.kind) {
    case 'quarantined':
      return { code: 'KT_QUARANTINED', message: `cells in quarantine: ${String(end.cells)}` };
    case 'outpaced':
      return {
        code: 'KT_OUTPACED',
        message: `${oldValuesText(plan)} keep being written${byWhom(end.otherProcesses)}`,
      };
    case 'left behind':
      return {
        code: 'KT_LEFT_BEHIND',
        message: `cells outside the plan are under the old key: ${listColumns(end.leftovers)}`,
      };
  }
}

/** The error that ended a run; the message of an unforeseen one is left out, because it may hold values. */
export function failureOfError(error: unknown): MigrationFailure {
  return error instanceof KeyturnError
    ? { code: error.code, message: error.message }
    : { code: 'KT_UNEXPECTED', message: 'unexpected error' };
}

function byWhom(otherProcesses: readonly OtherProcess[]): string {
  return otherProcesses.length === 0 ? '' : `; the database was in use by ${listProcesses(otherProcesses)}`;
}

function listColumns(leftovers: readonly Leftover[]): string {
  return leftovers.map(({ table, column, cells }) => `${table}.${column} (${String(cells)})`).join(', ');
}
