import { KeyturnError } from '../../model/keyturn-error.ts';
import { schemeOf } from '../../model/reference-scheme.ts';

/** Flags and arguments that take a key reference. */
const names = [
  'key',
  'old-key',
  'new-key',
  'index-key',
  'new-index-key',
  'payload-key',
  'reference',
  'first',
  'second',
];

/** Throws (exit 2) where a key itself stands in place of a reference, which `keys.literals: forbid` rules out. */
export function refuseLiteralKeys(input: Readonly<Record<string, unknown>>): void {
  for (const name of names) {
    const value = input[name];
    if (typeof value !== 'string' || value === '' || schemeOf(value) !== undefined) continue;
    throw new KeyturnError({
      code: 'KT_KEY_LITERAL',
      reason: 'usage',
      message: `the configuration forbids a key in place of a reference (${name.endsWith('key') ? `--${name}` : name})`,
      hints: [
        'write file:PATH or env:NAME',
        'the key stands in shell history and process lists now: replace it',
      ],
      reference: 'docs/configuration.md',
    });
  }
}
