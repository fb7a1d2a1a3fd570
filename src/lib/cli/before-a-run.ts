import type { RunCompany } from '../engine/runs/open-run.ts';
import type { LoadedKeys } from '../keys/load-key-pair.ts';
import type { LoadedKey } from '../keys/load-key.ts';
import type { DatabaseLocation } from '../model/databases/database-location.ts';
import { listProcesses, type OtherProcess } from '../model/databases/other-process.ts';
import { KeyturnError } from '../model/keyturn-error.ts';
import type { Plan } from '../model/plans/plan.ts';
import { isPaired } from '../model/plans/planned-pair.ts';
import type { TriggerChoice } from '../model/runs/trigger-choice.ts';
import { shellWord } from '../model/texts/shell-word.ts';
import type { Question } from './confirmation.ts';
import type { ContractJob } from './contract-step.ts';
import { databaseUrl } from './database-location.ts';
import { columnText } from './rendering/column-text.ts';

/** What decides which questions an operator is asked before a run. */
export interface RunCircumstances {
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
export function questionsBefore({ plan, newKey, otherProcesses }: RunCircumstances): readonly Question[] {
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

/** Triggers never fire silently: the operator decides (exit 5). SQLite has no way to suppress them. */
export function refuseTriggers({ obstacles, database }: Plan, choice: TriggerChoice | undefined): void {
  if (obstacles.length === 0 || choice === 'fire') return;
  const names = obstacles.map(({ table, trigger }) => `"${trigger}" on "${table}"`).join(', ');
  if (choice === 'suppress') {
    if (database.kind === 'postgres') return;
    throw new KeyturnError({
      code: 'KT_TRIGGERS',
      reason: 'usage',
      message: `SQLite cannot suppress triggers: ${names} would fire`,
      hints: ['let them fire with --triggers fire', 'drop them, run, and create them again'],
    });
  }
  throw new KeyturnError({
    code: 'KT_TRIGGERS',
    reason: 'confirmationNeeded',
    message: `rewriting the cells fires triggers: ${names}`,
    hints: [
      'read what they do, then run the same command again with --triggers fire',
      ...(database.kind === 'postgres' ? ['keep them quiet with --triggers suppress'] : []),
    ],
  });
}

/** Several connections, or several runs at a time, are for a server (exit 2). */
export function refuseConnections(
  location: DatabaseLocation,
  { connections = 1, company = 'alone' }: RunSharing,
): void {
  if (location.kind !== 'sqlite' || (connections === 1 && company === 'alone')) return;
  const flag = company === 'join' ? '--join' : '--connections';
  throw new KeyturnError({
    code: 'KT_ONE_WRITER',
    reason: 'usage',
    message: `SQLite has one writer at a time: ${flag} has no meaning here`,
    hints: [`run the same command again without ${flag}`],
  });
}

/** How much of a database a run asks for. */
interface RunSharing {
  readonly connections?: number | undefined;
  readonly company?: RunCompany | undefined;
}

/** `--exclusive` promises that nobody else uses the database (exit 11). */
export function refuseCompany(use: 'shared' | 'exclusive', others: readonly OtherProcess[]): void {
  if (use === 'shared' || others.length === 0) return;
  throw new KeyturnError({
    code: 'KT_NOT_EXCLUSIVE',
    reason: 'locked',
    message: `${listProcesses(others)} has the database open, which --exclusive rules out`,
    hints: ['stop it, or run the same command again without --exclusive'],
  });
}

/**
 * What to do about a backup that keyturn does not make itself. To name a place for the copy of a database on a server
 * is a usage error: nobody shall believe that there is one (exit 2).
 */
export function adviseOnBackup(
  location: DatabaseLocation,
  { asked, isNeeded }: { readonly asked: string | undefined; readonly isNeeded: boolean },
): string | undefined {
  if (location.kind === 'sqlite') return undefined;
  const command = `pg_dump --format=custom --file=before.dump ${shellWord(databaseUrl(location))}`;
  if (asked === undefined)
    return isNeeded ? `No backup is made of a database on a server: ${command}` : undefined;
  throw new KeyturnError({
    code: 'KT_NO_BACKUP_MADE',
    reason: 'usage',
    message: 'keyturn copies no database that is on a server: --backup has no meaning here',
    hints: [command, 'run the same command again with --no-backup'],
  });
}

/** What the operator should know of the keys before they are used. */
export function warningsOfKeys({ old, new: fresh, indexes = [] }: LoadedKeys): readonly string[] {
  return [old, fresh, ...indexes].flatMap((key) => key?.warnings ?? []);
}
