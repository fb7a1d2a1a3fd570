import { KeyturnError } from '../model/keyturn-error.ts';
import { schemeOf } from '../model/reference-scheme.ts';
import { parseKeyReference } from './key-reference.ts';
import { nameOfRole, typedReference, type KeyRole } from './key-role.ts';

/** A key as a plan or the ledger names it. */
export interface RecordedName {
  readonly reference: string | null;
  readonly id: string;
}

/**
 * Where a plan or the ledger says that a key is. Nothing where it cannot be read again (a literal, a stream), and nothing
 * where a program prints it: whoever can write the database could have any program run as the operator. Both are named anew.
 */
export function recordedReference({ reference }: Pick<RecordedName, 'reference'>): string | undefined {
  return reference === null || namesProgram(reference) ? undefined : reference;
}

/** The error where a recorded key has to be named anew (exit 12). */
export function unnamedKey(role: KeyRole, { reference, id }: RecordedName): KeyturnError {
  const isProgram = reference !== null && namesProgram(reference);
  return new KeyturnError({
    code: 'KT_KEY_MISSING',
    reason: 'wrongKey',
    message: isProgram
      ? `the ${nameOfRole(role)} ${id} is printed by a program, and no program is run because a database or a plan names it`
      : `the ${nameOfRole(role)} ${id} was given as a literal or through a stream, which neither plan nor ledger can store`,
    hints: isProgram
      ? [
          `name the program as you did then: ${typedReference(role, `'${parseKeyReference(reference, role).display}'`)}`,
          ...(role === 'index' ? [] : [`or in keyturn.config.yaml, where this is looked up: keys.${role}`]),
        ]
      : [`add ${typedReference(role, 'file:PATH')} or ${typedReference(role, 'env:NAME')}`],
  });
}

function namesProgram(reference: string): boolean {
  return schemeOf(reference)?.toLowerCase() === 'cmd';
}
