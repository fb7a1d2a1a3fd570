import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KeyturnError } from '../../../model/keyturn-error.ts';

/** Whom a password is for, and where. */
export interface PasswordOwner {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** Where passwords are looked for. */
interface PasswordPlaces {
  /** The file that PGPASSFILE names. */
  readonly named: string | undefined;
  /** The one that libpq looks into by itself. */
  readonly usual: string;
}

const groupOrOthersMayUse = 0o077;

/** The places of this process: PGPASSFILE, else `~/.pgpass`. */
function passwordPlaces(): PasswordPlaces {
  const named = process.env['PGPASSFILE'];
  const applications = process.env['APPDATA'];
  const usual =
    process.platform === 'win32' && applications !== undefined
      ? join(applications, 'postgresql', 'pgpass.conf')
      : join(homedir(), '.pgpass');
  return { named: named === '' ? undefined : named, usual };
}

/**
 * The password that a server asks for, from libpq's file of passwords. Throws where there is none (exit 15), and where others may use
 * the file: libpq passes such a file over, and whoever is refused then looks for the mistake elsewhere.
 */
export async function findPassword(
  owner: PasswordOwner,
  { named, usual }: PasswordPlaces = passwordPlaces(),
): Promise<string> {
  const path = named ?? usual;
  const line = lineFor(owner, '...');
  const found = await stat(path).catch(() => undefined);
  if (!found) {
    throw noPassword(
      named === undefined ? 'none was given' : `the file "${path}" of PGPASSFILE is not there`,
      ['export PGPASSWORD=...', `or write a line into ${path}, of mode 0600: ${line}`],
    );
  }
  if (process.platform !== 'win32' && (found.mode & groupOrOthersMayUse) !== 0)
    throw noPassword(`the file of passwords "${path}" counts for nothing while others may use it`, [
      `chmod 600 ${path}`,
    ]);
  const content = await readFile(path, 'utf8').catch(() => undefined);
  if (content === undefined)
    throw noPassword(`the file of passwords "${path}" cannot be read`, [`ls -l ${path}`]);
  const password = content
    .split(/\r?\n/u)
    .map(fieldsOf)
    .find((fields) => isFor(fields, owner))?.[4];
  if (password !== undefined && password !== '') return password;
  throw noPassword(`no line of "${path}" is for it`, [`add one: ${line}`]);
}

/** Fields are divided by colons; a backslash takes the next character as it is. The password goes on to the end of the line. */
function fieldsOf(line: string): readonly string[] {
  if (line.startsWith('#')) return [];
  const pieces =
    /^((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):(.*)$/u.exec(line) ?? [];
  return pieces.slice(1).map((field) => field.replace(/\\(.)/gu, '$1'));
}

function isFor(fields: readonly string[], { host, port, database, user }: PasswordOwner): boolean {
  // A socket is on this machine; its folder may stand there, too.
  const hosts = host.startsWith('/') ? [host, 'localhost'] : [host];
  const wanted = [hosts, [String(port)], [database], [user]];
  return wanted.every((names, index) => fields[index] === '*' || names.includes(fields[index] ?? ''));
}

function lineFor({ host, port, database, user }: PasswordOwner, password: string): string {
  const fields = [host, String(port), database, user].map((field) =>
    field.replace(/[:\\]/gu, String.raw`\$&`),
  );
  return [...fields, password].join(':');
}

function noPassword(why: string, hints: readonly string[]): KeyturnError {
  return new KeyturnError({
    code: 'KT_DATABASE_UNAVAILABLE',
    reason: 'databaseUnavailable',
    message: `the server asks for a password: ${why}`,
    hints,
  });
}
