import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { KeyturnError } from '../model/keyturn-error.ts';
import { shellWord } from '../model/texts/shell-word.ts';

/** Where a text with `${...}` stands. */
export interface FillInPlace {
  /** For messages, e.g. `keyturn.config.yaml:3:9`. */
  readonly place: string;
  /** Relative paths start here. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Fills `${env:NAME}` and `${file:PATH}` into a URL; a file without the white space at its end. Nothing else is
 * expanded, and nothing is run. What is missing, or of another kind, is exit 2; no value is ever repeated.
 */
export function fillIn(text: string, where: FillInPlace): string {
  return text.replaceAll(/\$\{([^}]*)\}/g, (_, reference: string) => valueOf(reference, where));
}

function valueOf(reference: string, { place, folder, environment }: FillInPlace): string {
  const [, kind, name = ''] = /^(env|file):(.+)$/.exec(reference) ?? [];
  if (kind === undefined) {
    throw failed(place, 'only ${env:NAME} and ${file:PATH} can be filled in', ['write ${env:NAME}']);
  }
  if (kind === 'env') {
    const value = environment[name];
    if (value !== undefined && value !== '') return value;
    throw failed(place, `environment variable "${name}" is not set`, [`export ${name}=...`]);
  }
  try {
    return withoutMark(readFileSync(resolve(folder, name), 'utf8')).trimEnd();
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw failed(place, `file "${name}" cannot be read (${code})`, [
      `ls -l ${shellWord(resolve(folder, name))}`,
    ]);
  }
}

/** Windows editors put a byte order mark in front of a text. */
function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/u, '');
}

function failed(place: string, problem: string, hints: readonly string[]): KeyturnError {
  return new KeyturnError({
    code: 'KT_CONFIG_INVALID',
    reason: 'usage',
    message: `${place}: ${problem}`,
    hints,
    reference: 'docs/configuration.md',
  });
}
