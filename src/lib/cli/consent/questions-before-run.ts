import type { LoadedKey } from '../../keys/load-key.ts';
import { listProcesses, type OtherProcess } from '../../model/databases/other-process.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { isPaired } from '../../model/plans/planned-pair.ts';
import type { Question } from './confirmation.ts';

/** What decides which questions an operator is asked before a run. */
interface RunCircumstances {
  readonly plan: Plan;
  /** `null` where cells become plaintext. */
  readonly newKey: LoadedKey | null;
  readonly otherProcesses: readonly OtherProcess[];
}

/** What an application must be able to read while half of the cells are rewritten. */
const canRead: Readonly<Record<Plan['kind'], string>> = {
  rotate: 'can it read cells under both keys?',
  encrypt: 'can it read plaintext and encrypted cells side by side?',
  decrypt: 'can it read plaintext and encrypted cells side by side?',
};

/** The questions before a run, beside that about the run itself; each names something that keyturn cannot know. */
export function questionsBeforeRun({ plan, newKey, otherProcesses }: RunCircumstances): readonly Question[] {
  const questions: Question[] = [];
  if (newKey?.durability === 'volatile') {
    const { key, reference } = newKey;
    questions.push({
      message: `key ${key.id} (${reference.display}) is not stored by keyturn: do you have it elsewhere?`,
    });
  }
  if (otherProcesses.length > 0 && !isPaired(plan)) {
    questions.push({
      message: `${listProcesses(otherProcesses)} has the database open: ${canRead[plan.kind]}`,
    });
  }
  return questions;
}
