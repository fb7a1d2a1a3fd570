import type { Plan } from '../model/plan.ts';
import type { PlacedColumn } from '../model/planned-pair.ts';
import { columnsToPart } from '../model/planned-pair.ts';
import type { Contract } from '../session/preparation/refuse-contract.ts';
import type { NamedStep } from './confirmation.ts';
import { columnText } from './rendering/column-text.ts';
import { usageError } from './usage-error.ts';

/** Columns that are to lose their plaintext, once all is proved. */
export interface ContractJob extends Contract {
  readonly columns: readonly PlacedColumn[];
}

/** The flags of a run that may go on to finalize by itself. */
export interface AutoFinalizeFlags {
  readonly 'auto-finalize': boolean;
  readonly contract?: ContractJob['how'] | undefined;
  readonly 'drop-unique': boolean;
}

/** What is to be finalized in the same run; undefined: nothing. Throws where no value goes into another column (exit 2). */
export function contractAtOnce(
  {
    'auto-finalize': isWanted = false,
    contract = 'empty',
    'drop-unique': dropUnique = false,
  }: Partial<AutoFinalizeFlags>,
  plan: Plan,
): ContractJob | undefined {
  if (!isWanted) return undefined;
  const columns = columnsToPart(plan);
  if (columns.length > 0) return { how: contract, uniqueness: dropUnique ? 'dropped' : 'kept', columns };
  throw usageError('no value goes into another column: there is nothing to finalize', [
    "to put cells into a column of their own: --into '{column}_encrypted'",
    'run the same command again without --auto-finalize',
  ]);
}

/** The plaintext goes: the names of its columns have to be typed. */
export function contractStep({ how, columns }: ContractJob): NamedStep {
  const name = columns.map(columnText).join(',');
  const what = how === 'drop' ? 'dropped' : 'emptied';
  return { name, message: `the plaintext goes: ${name} will be ${what}` };
}
