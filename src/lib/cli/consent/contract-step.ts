import type { PlacedColumn } from '../../model/columns/placed-column.ts';
import type { PlaintextEnd } from '../../model/plans/plaintext-end.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { columnsToPart } from '../../model/plans/planned-pair.ts';
import type { Contract } from '../../session/preparation/refuse-contract.ts';
import { columnText } from '../rendering/column-text.ts';
import { usageError } from '../usage-error.ts';
import type { NamedStep } from './confirmation.ts';

/** Columns that are to lose their plaintext, once all is proved. */
export interface ContractJob extends Contract {
  readonly columns: readonly PlacedColumn[];
  /** Whether that is all the run is for, follows what it does first, or was confirmed for a run that did not come to its end. */
  readonly when: 'now' | 'afterwards' | 'begun';
}

/** The flags of a run that may go on to finalize by itself. */
export interface AutoFinalizeFlags {
  readonly 'auto-finalize': boolean;
  readonly contract?: ContractJob['how'] | undefined;
  readonly 'drop-unique': boolean;
}

/** What is to be finalized in the same run, because the flags say so or it was begun; undefined: nothing. Throws where no value goes into another column (exit 2). */
export function contractAtOnce(
  {
    'auto-finalize': isWanted = false,
    contract = 'empty',
    'drop-unique': dropUnique = false,
  }: Partial<AutoFinalizeFlags>,
  plan: Plan,
  begun: PlaintextEnd | null = null,
): ContractJob | undefined {
  const columns = columnsToPart(plan);
  if (!isWanted && begun !== null) return { how: begun, uniqueness: 'dropped', columns, when: 'begun' };
  if (!isWanted) return undefined;
  const uniqueness = dropUnique ? 'dropped' : 'kept';
  if (columns.length > 0) return { how: contract, uniqueness, columns, when: 'afterwards' };
  throw usageError('no value goes into another column: there is nothing to finalize', [
    "to put cells into a column of their own: --into '{column}_encrypted'",
    'run the same command again without --auto-finalize',
  ]);
}

/** Tells whether the names of the columns that lose their plaintext have to be typed. */
export function hasToBeNamed({ columns, when }: ContractJob): boolean {
  return columns.length > 0 && when !== 'begun';
}

/** The plaintext goes: the names of its columns have to be typed. It takes the place of the question before a run. */
export function contractStep({ how, columns, when }: ContractJob): NamedStep {
  const name = columns.map(columnText).join(',');
  const what = how === 'drop' ? 'dropped' : 'emptied';
  const first = when === 'now' ? '' : 'once every value has its cell, ';
  return { name, message: `${first}the plaintext goes: ${name} will be ${what}` };
}
