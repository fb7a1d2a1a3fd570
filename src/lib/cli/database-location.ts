import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { KeyturnError } from '../model/keyturn-error.ts';
import { usageError } from './usage-error.ts';

/** Which database the operator means; the path is as it was given, relative to the working folder. */
export interface DatabaseLocation {
  readonly kind: 'sqlite';
  readonly path: string;
}

const HINT = 'write --database sqlite:fleet.db';
/** Two letters at least: `C:\fleet.db` is a path. */
const SCHEME = /^([a-z][a-z0-9+.-]+):/i;

/**
 * Understands `sqlite:fleet.db`, `sqlite:///absolute/fleet.db`, `file:fleet.db`, `file:///absolute/fleet.db` and a bare
 * path. Everything else is a usage error that repeats nothing of the text but the scheme: a URL may hold a password.
 */
export function parseDatabaseLocation(text: string): DatabaseLocation {
  const scheme = SCHEME.exec(text)?.[1];
  if (scheme === undefined) return locate(text);
  switch (scheme.toLowerCase()) {
    case 'sqlite':
    case 'sqlite3':
      return locate(withoutAuthority(text.slice(scheme.length + 1)));
    case 'file':
      return locate(pathOfFileUrl(text));
    default:
      throw unsupportedScheme(scheme.toLowerCase());
  }
}

/** The location as a flag that leads back to it, e.g. `sqlite:fleet.db`. */
export function databaseUrl(location: DatabaseLocation): string {
  return `${location.kind}:${location.path}`;
}

function locate(path: string): DatabaseLocation {
  if (path === '') throw usageError('the path of the database is empty', [HINT]);
  if (path === ':memory:') {
    throw usageError('a database in memory cannot be reached from outside its process', [HINT]);
  }
  if (path.includes('\0')) throw usageError('the path of the database contains a NUL character', [HINT]);
  return { kind: 'sqlite', path: path.startsWith('~/') ? homedir() + path.slice(1) : path };
}

/** `///absolute` is `/absolute`; a name between two slashes would be a host, and a file has none. */
function withoutAuthority(rest: string): string {
  if (rest.includes('?')) {
    throw usageError('parameters behind "?" are not supported', [
      `${HINT}, without "?"`,
      'write a bare path',
    ]);
  }
  if (!rest.startsWith('//')) return rest;
  const path = rest.slice(2);
  if (!path.startsWith('/')) {
    throw usageError('a relative path takes no slashes behind "sqlite:", an absolute one three', [
      HINT,
      'write --database sqlite:///var/lib/fleet.db',
    ]);
  }
  return path.replace(/^\/+/, '/');
}

/** A relative path in a URL of a file is what SQLite itself accepts; `%20` and the like are decoded. */
function pathOfFileUrl(text: string): string {
  if (/[?#]/.test(text)) throw usageError('parameters behind "?" or "#" are not supported', [HINT]);
  const rest = text.slice('file:'.length);
  try {
    return rest.startsWith('/') ? fileURLToPath(`file:${rest}`) : decodeURIComponent(rest);
  } catch {
    throw usageError('the file URL of the database is not valid', [HINT]);
  }
}

function unsupportedScheme(scheme: string): KeyturnError {
  const name = /^postgres(?:ql)?$/.test(scheme)
    ? 'PostgreSQL databases'
    : `databases of the kind "${scheme}:"`;
  return usageError(`${name} are not supported by this version of keyturn`, [
    HINT,
    `write ./ before a file name with a colon`,
  ]);
}
