import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { completeHint } from '../../../src/lib/cli/description/complete-hint.ts';
import { printable } from '../../../src/lib/reporters/printable.ts';

const location = { kind: 'sqlite', path: "it's a fleet.db" } as const;
const database = `--database 'sqlite:it'\\''s a fleet.db'`;

test.each([
  ['keyturn status', `keyturn status ${database}`],
  ['keyturn rollback   # goes back', `keyturn rollback ${database}   # goes back`],
  ['keyturn undo drop', `keyturn undo drop ${database}`],
  ['keyturn rollback 0199', `keyturn rollback 0199 ${database}`],
  [
    'keyturn plan --output plan.json',
    `keyturn plan --output plan.json ${database} --old-key REF --new-key REF`,
  ],
  ['keyturn keys generate --output PATH', 'keyturn keys generate --output PATH'],
  ['keyturn plan --database sqlite:FILE', 'keyturn plan --database sqlite:FILE'],
  ['make room', 'make room'],
])('the hint "%s" is completed', (hint, completed) => {
  expect(completeHint(hint, location)).toBe(completed);
});

test('without a database a hint stays as it is', () => {
  expect(completeHint('keyturn status', undefined)).toBe('keyturn status');
});

// A line break in a path showed as \u{a}, and the command named a file that is not there.
test('a path that cannot be printed stands in the command so that a shell takes it', () => {
  const path = "a\nb's \\ \u{1b}[31m\u{202e}9é \u{1f511}\t1.db";
  const hint = completeHint('keyturn status', { kind: 'sqlite', path });
  expect(printable(hint)).toBe(hint);
  const taken = execFileSync('bash', ['-c', hint.replace('keyturn status', "printf '%s'")], {
    encoding: 'utf8',
  });
  expect(taken).toBe(`--databasesqlite:${path}`);
});

// They named no server, and looked at another one, on this machine.
test('a hint for another client names the server, and no password', () => {
  const server = { kind: 'postgres', url: 'postgres://me:s3cret@db1:5433/fleet' } as const;
  expect(completeHint('pg_isready --dbname DATABASE_URL', server)).toBe(
    'pg_isready --dbname postgres://me@db1:5433/fleet',
  );
  expect(completeHint('export DATABASE_URL=...', server)).toBe('export DATABASE_URL=...');
});
