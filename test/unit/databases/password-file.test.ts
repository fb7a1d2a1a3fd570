import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  findPassword,
  type PasswordOwner,
} from '../../../src/lib/databases/postgres/connection/password-file.ts';
import { errorOf } from '../keys/samples.ts';

const me: PasswordOwner = { host: 'db1', port: 5432, database: 'fleet', user: 'me' };

function fileOf(content: string, mode = 0o600): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-passwords-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, 'passwords');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

test.each<[string, Partial<PasswordOwner>, string]>([
  ['db1:5432:fleet:me:s3cret', {}, 's3cret'],
  ['# db1:5432:fleet:me:comment\n\ndb2:*:*:*:other\r\n*:*:*:me:first\n*:*:*:*:second', {}, 'first'],
  [String.raw`*:*:a\:b:c\\d:p\:a:s\\s`, { database: 'a:b', user: String.raw`c\d` }, String.raw`p:a:s\s`],
  ['localhost:5433:*:*:s3cret', { host: '/run/postgresql', port: 5433 }, 's3cret'],
])('from %j comes the password for %j', async (content, owner, password) => {
  expect(await findPassword({ ...me, ...owner }, { named: undefined, usual: fileOf(content) })).toBe(
    password,
  );
});

test.each<[string, () => string, RegExp]>([
  ['is not there', () => '/nowhere/passwords', /the file "\/nowhere\/passwords" of PGPASSFILE is not there/u],
  ['others may read', () => fileOf('*:*:*:*:s3cret', 0o640), /counts for nothing while others may use it/u],
  ['has no line for it', () => fileOf('db2:*:*:*:s3cret\n*:*:*:me:'), /no line of ".*" is for it/u],
])('a file that %s is an error with the next step, and without a password', async (_, file, message) => {
  const error = await errorOf(() => findPassword(me, { named: file(), usual: '' }));
  expect(error).toMatchObject({ code: 'KT_DATABASE_UNAVAILABLE', exitCode: 15 });
  expect(error.message).toMatch(message);
  expect(error.hints.join(' ')).toMatch(/db1:5432:fleet:me:\.\.\.|chmod 600/u);
  expect(error.message + error.hints.join(' ')).not.toContain('s3cret');
});
