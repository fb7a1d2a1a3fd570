import { homedir } from 'node:os';
import { expect, test } from 'vitest';
import { databaseUrl, parseDatabaseLocation } from '../../../src/lib/cli/location/database-location.ts';
import { errorOf } from '../keys/samples.ts';

test.each([
  ['fleet.db', 'fleet.db'],
  ['./odd:name.db', './odd:name.db'],
  ['/var/lib/fleet.db', '/var/lib/fleet.db'],
  [String.raw`C:\fleet.db`, String.raw`C:\fleet.db`],
  ['with space?.db', 'with space?.db'],
  ['sqlite:fleet.db', 'fleet.db'],
  ['sqlite3:data/fleet.db', 'data/fleet.db'],
  ['SQLITE:fleet.db', 'fleet.db'],
  ['sqlite:///var/lib/fleet.db', '/var/lib/fleet.db'],
  ['sqlite:////var/lib/fleet.db', '/var/lib/fleet.db'],
  ['sqlite:/var/lib/fleet.db', '/var/lib/fleet.db'],
  ['sqlite:100%25.db', '100%25.db'],
  ['file:fleet.db', 'fleet.db'],
  ['file:a%20b.db', 'a b.db'],
  ['file:///var/lib/a%20b.db', '/var/lib/a b.db'],
  ['file:/var/lib/fleet.db', '/var/lib/fleet.db'],
  ['sqlite:~/fleet.db', `${homedir()}/fleet.db`],
])('%s is the path %s', (text, path) => {
  expect(parseDatabaseLocation(text)).toEqual({ kind: 'sqlite', path });
});

test.each([
  ['', 'the path of the database is empty'],
  ['sqlite:', 'the path of the database is empty'],
  ['sqlite::memory:', 'a database in memory cannot be reached from outside its process'],
  [':memory:', 'a database in memory cannot be reached from outside its process'],
  ['sqlite://fleet.db', 'a relative path takes no slashes behind "sqlite:", an absolute one three'],
  [
    'sqlite:fleet.db?mode=ro',
    'the only parameter behind "?" is journal_mode, with delete, truncate or persist',
  ],
  ['file:fleet.db?mode=ro', 'parameters behind "?" or "#" are not supported'],
  ['file:%zz.db', 'the file URL of the database is not valid'],
  ['a\0b', 'the path of the database contains a NUL character'],
  ['postgres://me:s3cret@host:port/db', 'the URL of the database is not valid'],
  ['postgres:me:s3cret@host/db', 'the URL of the database is not valid'],
  ['postgres://me:s3cret%ff@host/db', 'the URL of the database is not valid'],
  ['postgres://me:12/s3cret@host/db', 'the URL of the database is not valid'],
  ['postgres://me:12#s3cret@host/db', 'the URL of the database is not valid'],
  ['host=db1 user=me password=s3cret', 'this is no URL of a database'],
  ['postgres//me:s3cret@host/db', 'this is no URL of a database'],
  [
    'postgres://me:s3cret@/db?host=db1,db2',
    'several hosts stand in front of the name of the database, not behind it',
  ],
  [
    'postgres://me:s3cret@db1,db2/db?target_session_attrs=standby',
    'target_session_attrs=standby is not supported: of several servers, keyturn works on the one that takes writes',
  ],
  ['mysql://me:s3cret@host/db', 'databases of the kind "mysql:" are not supported'],
])('%j is refused', async (text, message) => {
  const error = await errorOf(() => parseDatabaseLocation(text));
  expect(error).toMatchObject({ code: 'KT_USAGE', exitCode: 2, message });
  expect([error.message, ...error.hints].join(' ')).not.toContain('s3cret');
});

// The commands that messages advised once ended with a usage error where the path had a question mark.
test.each([
  '/var/lib/fleet.db',
  'fleet.db',
  '/var/lib/is it?.db',
  'odd?:name.db',
  'sqlite:a:b.db',
  '//var/lib/fleet.db',
  'sqlite:fleet.db?journal_mode=truncate',
])('the location %s can be written as a flag again', (text) => {
  const location = parseDatabaseLocation(text);
  const again = parseDatabaseLocation(databaseUrl(location));
  const plain = (path: string): string => path.replace(/^\.\//u, '');
  expect({ ...again, ...('path' in again && { path: plain(again.path) }) }).toEqual(location);
});

// It was no valid URL.
test('a socket may be named with a user', () => {
  const location = parseDatabaseLocation('postgres://me:s3cret@/fleet?host=/run/postgresql&port=5433');
  expect(location.kind).toBe('postgres');
  expect(databaseUrl(location)).toBe('postgres://me@localhost/fleet?host=/run/postgresql&port=5433');
});

test('a server that takes writes may be asked for, because it is what is used', () => {
  const url = 'postgres://db1,db2/fleet?target_session_attrs=read-write';
  expect(parseDatabaseLocation(url)).toEqual({ kind: 'postgres', url });
});

test('a server is written without its password', () => {
  const location = parseDatabaseLocation('postgresql://me:s3cret@host:5433/fleet?sslmode=require');
  expect(location.kind).toBe('postgres');
  expect(databaseUrl(location)).toBe('postgresql://me@host:5433/fleet?sslmode=require');
  const several = parseDatabaseLocation('postgres://db1:s3cret@db1,db2:5433/fleet');
  expect(databaseUrl(several)).toBe('postgres://db1@db1,db2:5433/fleet');
});
