import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { DatabaseLocation, SqliteLocation } from '../../model/databases/database-location.ts';
import type { JournalMode } from '../../model/databases/journal-mode.ts';
import { joinServerUrls, serverUrls } from '../../model/databases/server-urls.ts';
import type { KeyturnError } from '../../model/keyturn-error.ts';
import { usageError } from '../usage-error.ts';
import { withCertificates, withHosts } from './server-environment.ts';
import { refuseOtherParameters, type Environment } from './server-parameters.ts';

const formsHint = 'write --database sqlite:fleet.db';
/** Two letters at least: `C:\fleet.db` is a path. */
const beginningWithScheme = /^([a-z][a-z0-9+.-]+):/i;
/** Words of libpq, as in `host=db1 password=...`, or a URL that has lost its colon: no path, and perhaps with a password. */
const meantForAServer = /(?:^|\s)(?:host|hostaddr|dbname|user|password|service)\s*=|\/\/[^/]*@/i;

/**
 * Understands `sqlite:fleet.db`, `sqlite:///absolute/fleet.db`, `file:fleet.db`, `file:///absolute/fleet.db`, a bare
 * path, and `postgres://user@host:port/database`, whose missing parts come from libpq's variables, and which may name several hosts,
 * divided by commas. Everything else is a usage error that repeats nothing of the text but the scheme: a URL may hold a password.
 */
export function parseDatabaseLocation(
  text: string,
  environment: Environment = process.env,
): DatabaseLocation {
  const scheme = beginningWithScheme.exec(text)?.[1];
  if (scheme === undefined && meantForAServer.test(text)) throw badServerUrl('this is no URL of a database');
  if (scheme === undefined) return locate(text);
  switch (scheme.toLowerCase()) {
    case 'sqlite':
    case 'sqlite3':
      return locateUrl(text.slice(scheme.length + 1));
    case 'file':
      return locate(pathOfFileUrl(text));
    case 'postgres':
    case 'postgresql':
      return locateServer(text, environment);
    default:
      throw unsupportedScheme(scheme.toLowerCase());
  }
}

/** The location as a flag that leads back to it, e.g. `sqlite:fleet.db`; without a password, which is asked for again. */
export function databaseUrl(location: DatabaseLocation): string {
  if (location.kind === 'sqlite') {
    const { path, journalMode } = location;
    // Behind a scheme, a question mark would begin the parameter.
    if (path.includes('?')) return path.startsWith('/') ? path : `./${path}`;
    return `sqlite:${path}${journalMode === undefined ? '' : `?journal_mode=${journalMode}`}`;
  }
  return joinServerUrls(serverUrls(location.url).map(withoutPassword));
}

function withoutPassword(text: string): string {
  const url = new URL(text);
  url.password = '';
  if (url.searchParams.has('password')) url.searchParams.delete('password');
  return url.href;
}

/** A user, and the host behind the name alone, as for a socket: a name in the host's place, which does not count then, makes that a URL. */
const hostBehind = /^(postgres(?:ql)?:\/\/[^/?#]*@)(?=\/[^?#]*\?(?:.*&)?host=)/iu;

function locateServer(text: string, environment: Environment): DatabaseLocation {
  const url = withHosts(text.replace(hostBehind, '$1localhost'), environment);
  const isValid = serverUrls(url).every(
    (one) => URL.canParse(one) && isDecodable(one) && !isCutShort(new URL(one)),
  );
  if (!isValid || !url.includes('://')) throw badServerUrl('the URL of the database is not valid');
  if (serverUrls(url).some(namesSeveralBehind))
    throw badServerUrl('several hosts stand in front of the name of the database, not behind it');
  refuseOtherParameters(url, environment);
  return { kind: 'postgres', url: withCertificates(url, environment) };
}

/** The driver would look up one host of that name. */
function namesSeveralBehind(url: string): boolean {
  const { searchParams } = new URL(url);
  return ['host', 'hostaddr', 'port'].some((name) => searchParams.get(name)?.includes(','));
}

/** Whether a slash or a hash in a password has ended the host before its time: what follows would be shown as a name. */
function isCutShort({ pathname, hash }: URL): boolean {
  return pathname.includes('@') || hash !== '';
}

/** Whether what is percent-encoded is text; a percent sign that begins nothing stands for itself. */
function isDecodable(url: string): boolean {
  try {
    const encoded = url.match(/(?:%[\da-f]{2})+/giu) ?? [];
    return encoded.every((bytes) => decodeURIComponent(bytes) !== '');
  } catch {
    return false;
  }
}

/** Repeats nothing of the text, which may hold a password. */
function badServerUrl(problem: string): KeyturnError {
  return usageError(problem, [
    'write --database postgres://user@host:5432/database, or several hosts: postgres://user@db1:5432,db2:5432/database',
    'write a password percent-encoded, or leave it to PGPASSWORD or PGPASSFILE',
  ]);
}

function locate(path: string): SqliteLocation {
  if (path === '') throw usageError('the path of the database is empty', [formsHint]);
  if (path === ':memory:') {
    throw usageError('a database in memory cannot be reached from outside its process', [formsHint]);
  }
  if (path.includes('\0')) throw usageError('the path of the database contains a NUL character', [formsHint]);
  const expanded = path.startsWith('~/') ? homedir() + path.slice(1) : path;
  return { kind: 'sqlite', path: expanded.replace(/^\/{2,}/u, '/') };
}

/** Behind `sqlite:`, a question mark begins the one parameter there is; a path with one is given bare. */
function locateUrl(rest: string): DatabaseLocation {
  const [path = '', parameters] = rest.split(/\?(.*)/su);
  const location = locate(withoutAuthority(path));
  return parameters === undefined ? location : { ...location, journalMode: parseJournalMode(parameters) };
}

const whyRefused: Readonly<Record<string, string>> = {
  memory:
    'a process that is killed in a transaction would leave half of it in the file, and nothing could roll it back',
  off: 'nothing could roll back a transaction that an error or a kill cuts short',
  wal: 'a write-ahead log is a property of the file, for every process that opens it, and is never changed unasked',
};

function parseJournalMode(parameters: string): JournalMode {
  const mode = /^journal_mode=(\w+)$/iu.exec(parameters)?.[1]?.toLowerCase();
  if (mode === 'delete' || mode === 'truncate' || mode === 'persist') return mode;
  const hints = ['write --database sqlite:fleet.db?journal_mode=truncate, =persist or =delete', formsHint];
  const why = mode === undefined ? undefined : whyRefused[mode];
  if (why !== undefined) throw usageError(`journal_mode=${mode ?? ''} is refused: ${why}`, hints);
  throw usageError('the only parameter behind "?" is journal_mode, with delete, truncate or persist', hints);
}

/** `///absolute` is `/absolute`; a name between two slashes would be a host, and a file has none. */
function withoutAuthority(rest: string): string {
  if (!rest.startsWith('//')) return rest;
  const path = rest.slice(2);
  if (!path.startsWith('/')) {
    throw usageError('a relative path takes no slashes behind "sqlite:", an absolute one three', [
      formsHint,
      'write --database sqlite:///var/lib/fleet.db',
    ]);
  }
  return path.replace(/^\/+/, '/');
}

/** A relative path in a URL of a file is what SQLite itself accepts; `%20` and the like are decoded. */
function pathOfFileUrl(text: string): string {
  if (/[?#]/.test(text)) throw usageError('parameters behind "?" or "#" are not supported', [formsHint]);
  const rest = text.slice('file:'.length);
  try {
    return rest.startsWith('/') ? fileURLToPath(`file:${rest}`) : decodeURIComponent(rest);
  } catch {
    throw usageError('the file URL of the database is not valid', [formsHint]);
  }
}

function unsupportedScheme(scheme: string): KeyturnError {
  return usageError(`databases of the kind "${scheme}:" are not supported`, [
    formsHint,
    'write --database postgres://user@host:5432/database',
    `write ./ before a file name with a colon`,
  ]);
}
