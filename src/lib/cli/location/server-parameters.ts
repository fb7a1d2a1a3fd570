import { serverUrls } from '../../model/databases/server-urls.ts';
import type { KeyturnError } from '../../model/keyturn-error.ts';
import { usageError } from '../usage-error.ts';

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A parameter of libpq that would mean something else here, or nothing. */
interface LimitedParameter {
  /** Its variable; without one it has none, or that one is heeded. */
  readonly variable?: string;
  /** What it may say, because that is what happens; nothing by default. */
  readonly takes?: RegExp;
  readonly why: string;
  readonly instead: string;
}

const proof = 'the server is proven by its certificate';
const byCertificate = 'leave it out, and write ...?sslmode=verify-full&sslrootcert=ca.pem';

/** By their names. Whatever else a URL says is for the driver, or some application's own. */
const limitedParameters: Readonly<Record<string, LimitedParameter>> = {
  channel_binding: {
    variable: 'PGCHANNELBINDING',
    takes: /^(?:disable|prefer)$/u,
    why: proof,
    instead: byCertificate,
  },
  client_encoding: {
    takes: /^utf-?8$/iu,
    why: 'keyturn and the server speak UTF-8',
    instead: 'leave it out',
  },
  connect_timeout: {
    variable: 'PGCONNECT_TIMEOUT',
    takes: /^-?\d{1,6}$/u,
    why: 'it is a number of seconds',
    instead: 'write connect_timeout=10, or leave it out',
  },
  dbname: {
    why: 'the name of the database stands behind the host',
    instead: 'write postgres://user@host:5432/database',
  },
  gssencmode: {
    variable: 'PGGSSENCMODE',
    takes: /^(?:disable|prefer)$/u,
    why: 'connections are encrypted by TLS alone',
    instead: 'write disable, and sslmode=verify-full',
  },
  hostaddr: {
    variable: 'PGHOSTADDR',
    why: 'there is one place for a host',
    instead: 'write the address in the place of the host',
  },
  passfile: { why: 'a variable names that file', instead: 'export PGPASSFILE=PATH' },
  port: { takes: /^\d{1,5}$/u, why: 'it is a number', instead: 'write postgres://user@host:5432/database' },
  require_auth: { variable: 'PGREQUIREAUTH', why: proof, instead: byCertificate },
  requirepeer: { variable: 'PGREQUIREPEER', why: 'nobody asks who owns a socket', instead: 'leave it out' },
  service: {
    variable: 'PGSERVICE',
    why: 'files of services are not read',
    instead: 'write the host, port, user and database of the service: postgres://user@host:5432/database',
  },
  ssl: {
    takes: /^(?:true|false|1|0|no-verify)$/u,
    why: 'sslmode says how a connection is encrypted',
    instead: 'write sslmode=require, or verify-full',
  },
  ssl_max_protocol_version: {
    variable: 'PGSSLMAXPROTOCOLVERSION',
    takes: /^TLSv1\.3$/u,
    why: 'the newest that both sides know is spoken',
    instead: 'leave it out',
  },
  ssl_min_protocol_version: {
    variable: 'PGSSLMINPROTOCOLVERSION',
    takes: /^TLSv1(?:\.[12])?$/u,
    why: 'TLSv1.2 is the oldest that is spoken',
    instead: 'leave it out, and let the server ask for more (its own ssl_min_protocol_version)',
  },
  sslcertmode: {
    variable: 'PGSSLCERTMODE',
    takes: /^allow$/u,
    why: 'a certificate is shown where there is one, and the server asks for it',
    instead: 'leave it out',
  },
  sslcrl: { variable: 'PGSSLCRL', why: 'no list of revoked certificates is read', instead: 'leave it out' },
  sslcrldir: {
    variable: 'PGSSLCRLDIR',
    why: 'no list of revoked certificates is read',
    instead: 'leave it out',
  },
  sslmode: {
    variable: 'PGSSLMODE',
    takes: /^(?:disable|prefer|require|verify-ca|verify-full|no-verify)$/u,
    why: 'there are disable, prefer, require, verify-ca, verify-full and no-verify',
    instead: 'write sslmode=verify-full, or leave it out: whatever the server offers is taken then',
  },
  sslpassword: { why: 'a key with a passphrase is not read', instead: 'name one without in sslkey' },
  target_session_attrs: {
    variable: 'PGTARGETSESSIONATTRS',
    takes: /^(?:any|read-write|primary)$/u,
    why: 'of several servers, keyturn works on the one that takes writes',
    instead: 'leave it out, or write read-write; to read from a standby, name it alone',
  },
};

/**
 * Throws where the URL of a server, or a variable of libpq that is in force for it, asks for something that would silently be
 * passed over (exit 2): a run on another server than meant, or over a connection that is not what was asked for, is none.
 */
export function refuseOtherParameters(url: string, environment: Environment): void {
  for (const server of serverUrls(url)) {
    const { searchParams } = new URL(server);
    for (const name of new Set(searchParams.keys())) {
      const [value = '', ...others] = searchParams.getAll(name);
      if (others.length > 0) throw saidTwice(name);
      refuse(name, { said: name, value });
    }
    for (const [name, { variable }] of Object.entries(limitedParameters)) {
      const value = variable === undefined ? undefined : environment[variable];
      if (variable === undefined || value === undefined || value === '' || searchParams.has(name)) continue;
      refuse(name, { said: variable, value });
    }
  }
}

/** The name of a parameter where it was found, and its value. */
interface Saying {
  readonly said: string;
  readonly value: string;
}

function refuse(name: string, { said, value }: Saying): void {
  const limit = limitedParameters[name];
  if (!limit || limit.takes?.test(value)) return;
  const isHarmless = /^[\w.-]{1,30}$/u.test(value);
  throw usageError(`${said}=${isHarmless ? value : '...'} is not supported: ${limit.why}`, [
    said === limit.variable ? limit.instead.replace('leave it out', `unset ${said}`) : limit.instead,
  ]);
}

function saidTwice(name: string): KeyturnError {
  const known = /^[a-z_]{1,30}$/u.test(name) ? name : 'a parameter';
  return usageError(`the URL of the database says ${known} more than once`, [
    'leave one of them in; several hosts stand in front of the name: postgres://user@db1:5432,db2:5432/database',
  ]);
}
