import type { Plan } from '../../model/plans/plan.ts';
import { isPaired } from '../../model/plans/planned-pair.ts';
import { columnText } from '../rendering/column-text.ts';
import type { ContractJob } from './contract-step.ts';

/** What an application has to know that has the database open, before a live run. */
export function adviseApplication(plan: Plan, contract: ContractJob | undefined): string {
  if (!isPaired(plan)) return plan.kind === 'rotate' ? readBothKeys : readBothForms;
  if (plan.kind === 'decrypt') return usePlaintextAgain;
  return contract === undefined ? goOnAsBefore : useCellsAlone(contract);
}

const goOnAsBefore =
  'The application can go on as it is: the plaintext stays where it was until "keyturn finalize", and what is written meanwhile is taken over.';

const usePlaintextAgain =
  'The application must be able to use the plaintext columns again: the columns of cells are gone when this ends.';

function useCellsAlone({ columns }: ContractJob): string {
  const names = columns.map(columnText).join(', ');
  return `The application must not use ${names} any more: from now on it can write nothing there, and soon it finds nothing there.`;
}

const readBothForms =
  'An application that expects either plaintext or cells cannot read half of the values meanwhile. ' +
  'Let it read both first, or stop it and run with --exclusive.';

const readBothKeys = [
  'An application that knows one key cannot read half of the cells while they are being rewritten.',
  'Let it read both first, e.g. in Python:',
  '    from cryptography.fernet import Fernet, MultiFernet',
  '    fernet = MultiFernet([Fernet(NEW_KEY), Fernet(OLD_KEY)])',
  'or stop it and run with --exclusive.',
].join('\n');
