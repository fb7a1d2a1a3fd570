import { KeyturnError } from '../../model/keyturn-error.ts';
import { shellWord } from '../../model/texts/shell-word.ts';
import { printable } from '../../reporters/printable.ts';

/** A question that only a person, or `--yes`, can answer. */
export interface Question {
  /** Ends in a question mark, e.g. `rewrite 1,234 rows of "fleet.db"?`. */
  readonly message: string;
}

/** A step that a mere yes is not enough for: its name has to be typed, or given with `--confirm`. */
export interface NamedStep {
  /** What is about to happen, without a full stop. */
  readonly message: string;
  /** What has to be typed: a name, or several with commas between them, in any order. */
  readonly name: string;
}

/** How a name is given: with `--confirm`, or at a terminal. */
export interface NameGiving {
  readonly given: string | undefined;
  readonly interactive: boolean;
}

/** How questions are answered. */
export interface Answering {
  /** `--yes` was given. */
  readonly yes: boolean;
  /** Whether there is a terminal to ask at. */
  readonly interactive: boolean;
  /** Whether the command takes `--dry-run`. */
  readonly rehearsal: 'possible' | 'none';
}

/**
 * Asks one question after the other on stderr. Throws when one is answered with no (exit 4), when nobody can be asked
 * (exit 5, naming every question), and at Ctrl-C (exit 130); nothing has been changed by then.
 */
export async function confirm(questions: readonly Question[], answering: Answering): Promise<void> {
  if (answering.yes || questions.length === 0) return;
  if (!answering.interactive) throw confirmationNeeded(questions, answering);
  for (const question of questions) {
    if (!(await ask<boolean>({ type: 'confirm', default: false, ...question })))
      throw declined(hintsFor(answering));
  }
}

/** Throws unless the name was given; `--yes` alone does not do. Exit codes as in `confirm`. */
export async function confirmByName({ message, name }: NamedStep, giving: NameGiving): Promise<void> {
  if (giving.given !== undefined && isSame(giving.given, name)) return;
  if (giving.given !== undefined || !giving.interactive) {
    const why = giving.given === undefined ? 'nobody can be asked here' : '--confirm gives another name';
    throw new KeyturnError({
      code: 'KT_CONFIRMATION_NEEDED',
      reason: 'confirmationNeeded',
      message: `${why}: ${message}`,
      hints: [`if that is what you want: run the same command again with --confirm ${shellWord(name)}`],
    });
  }
  const typed = await ask<string>({ type: 'input', message: `${message}; type ${name} to go ahead:` });
  if (!isSame(typed, name)) throw declined([]);
}

/** Names are alike in whatever order they were given; a comma in double quotes parts nothing. */
function isSame(typed: string, name: string): boolean {
  const parts = (text: string): readonly string[] =>
    (text.match(/(?:"(?:[^"]|"")*"|[^",])+/gu) ?? []).map((part) => part.trim()).sort();
  return parts(typed).join() === parts(name).join();
}

/** What inquirer is to ask. */
interface Prompt {
  readonly type: 'confirm' | 'input';
  readonly message: string;
  readonly default?: boolean;
}

async function ask<Answer>({ message, ...rest }: Prompt): Promise<Answer> {
  const { createPromptModule } = (await import('inquirer')).default;
  const closed = new AbortController();
  const close = (): void => {
    closed.abort();
  };
  const closeAtEnd = (
    _: unknown,
    key: { readonly ctrl?: boolean; readonly name?: string } | undefined,
  ): void => {
    if (key?.ctrl === true && key.name === 'd') close();
  };
  // inquirer waits for ever once its input has ended, and the process would end as if all were well.
  process.stdin.on('end', close).on('close', close).on('keypress', closeAtEnd);
  try {
    const prompt = createPromptModule({ output: process.stderr, signal: closed.signal });
    const question = { ...rest, name: 'answer', message: printable(message) } as const;
    const { answer } = (await prompt([question])) as { readonly answer: Answer };
    return answer;
  } catch (error) {
    throw isPromptEnd(error) ? interrupted(error) : error;
  } finally {
    process.stdin.off('end', close).off('close', close).off('keypress', closeAtEnd);
  }
}

/** Ctrl-C, or the end of the terminal. */
function isPromptEnd(error: unknown): boolean {
  return error instanceof Error && /^(?:Exit|Abort|Cancel)PromptError$/.test(error.name);
}

function hintsFor({ rehearsal }: Answering): readonly string[] {
  return rehearsal === 'possible' ? ['add --dry-run to see what would happen'] : [];
}

function confirmationNeeded(questions: readonly Question[], answering: Answering): KeyturnError {
  return new KeyturnError({
    code: 'KT_CONFIRMATION_NEEDED',
    reason: 'confirmationNeeded',
    message: `nobody can be asked here: ${questions.map(({ message }) => message).join(' ')}`,
    hints: ['run the same command again with --yes', ...hintsFor(answering)],
  });
}

function declined(hints: readonly string[]): KeyturnError {
  return new KeyturnError({
    code: 'KT_DECLINED',
    reason: 'stoppedEarly',
    message: 'not confirmed: nothing was changed',
    hints,
  });
}

function interrupted(cause: unknown): KeyturnError {
  return new KeyturnError({
    code: 'KT_INTERRUPTED',
    reason: 'interrupted',
    message: 'interrupted before anything was changed',
    hints: ['run the same command again when it suits'],
    cause,
  });
}
