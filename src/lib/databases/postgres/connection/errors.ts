import { KeyturnError } from '../../../model/keyturn-error.ts';
import { unavailable, type Explanation } from './explanation.ts';
import { explainMissingPrivilege } from './missing-privilege.ts';
import { tlsExplanations, explainTlsAlert, noTls } from './tls/tls-errors.ts';

/** What an error means for its caller. */
export type ErrorClass =
  /** The connection, or the server behind it, is gone: connect again. */
  | 'connection lost'
  /** The transaction was rolled back for what others did: run it again. */
  | 'try again'
  /** The schema does not take a new cell: a constraint, a trigger, a length. */
  | 'refused'
  | 'other';

const checkUrl = 'write --database postgres://user@host:5432/database';
const away = {
  code: 'KT_DATABASE_AWAY',
  reason: 'temporaryFailure',
  hints: ['keyturn status', 'run the same command again: it goes on where it stopped'],
} as const;
const unforeseen = {
  code: 'KT_UNEXPECTED',
  reason: 'unexpected',
  hints: ["look the code up in the server's documentation (appendix A), and in its log"],
} as const;
const full = {
  code: 'KT_DISK_FULL',
  reason: 'temporaryFailure',
  says: 'the server has no room left (disk or memory); the last transaction was rolled back',
  hints: ['make room on the server, then run the same command again: it goes on where it stopped'],
} as const;

/** The code of a server that is there, or may be, and does not answer as a server of this kind. */
export const noAnswer = 'NO_ANSWER';

/** The code of a server that takes no writes because that is set so, for it, the database or the user. */
export const readOnlyByDefault = 'SET_TO_READ_ONLY';

const noText = {
  code: 'KT_TEXT_INVALID',
  reason: 'usage',
  says: 'a text in it is no valid UTF-8, or has a character that UTF-8 does not have',
  hints: ['keyturn plan   # names the column'],
} as const;

/** By SQLSTATE, SQLSTATE class or the system's error code; the longest matching prefix counts. */
const explanations: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: {
    ...unavailable,
    says: 'nothing listens there',
    hints: ['pg_isready --dbname DATABASE_URL'],
  },
  ENOTFOUND: { ...unavailable, says: 'its host name is unknown', hints: [checkUrl] },
  EAI_AGAIN: { ...unavailable, says: 'its host name cannot be looked up now', hints: [checkUrl] },
  ENOENT: { ...unavailable, says: 'there is no such socket', hints: [checkUrl] },
  ...tlsExplanations,
  '08': { ...away, says: 'the connection was lost' },
  [noAnswer]: {
    ...unavailable,
    says: 'nothing answers there as PostgreSQL does',
    hints: [
      'pg_isready --dbname DATABASE_URL',
      'to wait for longer: export PGCONNECT_TIMEOUT=60   # seconds',
    ],
  },
  '28': {
    ...unavailable,
    says: 'the server does not let this user in from here, or not over a connection of this kind',
    hints: [
      'name the user: postgres://user@host:5432/database',
      'look at pg_hba.conf on the server, and at sslmode in --database',
      'where it asks for a certificate of yours: ...?sslmode=verify-full&sslrootcert=ca.pem&sslcert=client.crt&sslkey=client.key',
    ],
  },
  '28P01': {
    ...unavailable,
    says: 'the server does not take this password',
    hints: ['export PGPASSWORD=...', 'or correct the line of ~/.pgpass, or of the file of PGPASSFILE'],
  },
  '3D000': {
    ...unavailable,
    says: 'the server has no database of that name',
    hints: ['psql --list --dbname DATABASE_URL   # with /postgres in the place of the name'],
  },
  '25006': {
    ...unavailable,
    says: 'the server takes no writes: it is a standby',
    hints: [
      'name the primary in --database, or all servers: postgres://user@db1,db2/database finds the one that takes writes',
      'psql -c "SELECT pg_is_in_recovery()" DATABASE_URL',
    ],
  },
  [readOnlyByDefault]: {
    ...unavailable,
    says: 'it is set to read only (default_transaction_read_only), by somebody, or by a service because its disk is nearly full',
    hints: [
      'psql -c "SELECT * FROM pg_db_role_setting" DATABASE_URL   # who has set it for what; else it is in the configuration',
      "to write all the same: export PGOPTIONS='-c default_transaction_read_only=off'",
    ],
  },
  '53': full,
  '53300': {
    ...away,
    says: 'the server has no connection left for this user',
    hints: [
      "psql -c 'SELECT usename, application_name, count(*) FROM pg_stat_activity GROUP BY 1, 2'   # who has them",
      'run the same command again, perhaps with --connections 1: it goes on where it stopped',
    ],
  },
  '57': { ...away, says: 'the server ends connections: it is shutting down, starting or recovering' },
  '57014': { ...away, says: 'the server cancelled a statement that took too long' },
  '40': { ...away, says: 'transactions of others kept getting in the way' },
  '55P03': {
    ...away,
    says: 'others kept what is needed locked',
    hints: [
      "psql -c 'SELECT pid, usename, application_name, state, xact_start FROM pg_stat_activity ORDER BY xact_start LIMIT 5' DATABASE_URL   # whose transactions have been open for long",
      ...away.hints,
    ],
  },
  '58': { ...away, says: 'the server failed to read or write its files' },
  '22021': noText,
  '22P05': noText,
  '23': {
    code: 'KT_TRANSACTION_REFUSED',
    reason: 'unexpected',
    says: 'a constraint refuses a whole transaction instead of one row; nothing of it was written',
    hints: ["psql -c '\\d TABLE' DATABASE_URL   # shows the constraints"],
  },
  '42': {
    code: 'KT_STATEMENT_REFUSED',
    reason: 'unexpected',
    says: 'the server cannot run a statement: a table or column is gone, or a trigger names what is not there',
    hints: ["psql -c '\\d TABLE' DATABASE_URL   # shows columns and triggers"],
  },
  '42P10': {
    code: 'KT_STATEMENT_REFUSED',
    reason: 'unexpected',
    says: 'nobody can update a table whose replica identity has columns that its publication leaves out, such as generated ones',
    hints: ["psql -c 'ALTER TABLE ... REPLICA IDENTITY DEFAULT' DATABASE_URL   # or publish those columns"],
  },
};

/** The code of an error that says how long a lock was waited for in vain. */
export const lockNotAvailable = '55P03';

/** The code of a table or an index whose name is taken. */
export const nameTaken = '42P07';

/** The code of a transaction that was ended because it and others waited for one another. */
export const deadlockDetected = '40P01';

/** Codes of a statement that may get through with fewer rows: it waited for a lock or took too long. */
const tooMuchAtOnce: readonly (string | undefined)[] = [lockNotAvailable, '57014'];

/** Tells whether a statement that failed so may do with fewer rows: one of them is refused, locked or slow. */
export function mayDoWithFewerRows(error: unknown): boolean {
  return classifyError(error) === 'refused' || tooMuchAtOnce.includes(errorCodeOf(error));
}

/** The code of a server's or a socket's error; undefined for every other. */
export function errorCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof KeyturnError) return undefined;
  const { code } = error as { readonly code?: unknown };
  if (typeof code === 'string') return code;
  if (/not support SSL/iu.test(error.message)) return noTls;
  if (error.message.startsWith('SASL')) return '28P01';
  // The driver's own words for a connection that ended or never came to be.
  return /connection|timeout expired|not queryable/iu.test(error.message) ? '08006' : undefined;
}

/** Tells whether a server may take an encrypted connection instead of a plain one, or the other way round. */
export function wantsOtherConnection(error: unknown): boolean {
  return /^(NO_TLS|28000|EPROTO|ERR_SSL)/u.test(errorCodeOf(error) ?? '');
}

/** Tells what to do about an error. */
export function classifyError(error: unknown): ErrorClass {
  const code = errorCodeOf(error) ?? '';
  if (
    /^(08|NO_ANSWER|25006|SET_TO_READ|57P|53300|E(CONN|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NOTFOUND|AI_AGAIN)|58)/u.test(
      code,
    )
  )
    return 'connection lost';
  if (/^(40|55P03|57014)/u.test(code)) return 'try again';
  return /^(23|22|P0|44|54000)/u.test(code) || isRaised(error, code) ? 'refused' : 'other';
}

/** The classes of codes that the server has itself (appendix A of its documentation). */
const ownClasses = /^(0[0-389ABFLPZ]|10|2[0-8BDF]|3[489BDF]|4[024]|5[34578]|72|F0|HV|P0|XX)/u;

/** Tells whether an error has a code that somebody has made up: a trigger has raised it. */
function isRaised(error: unknown, code: string): boolean {
  const isOfServer = error instanceof Error && 'severity' in error;
  return isOfServer && /^[0-9A-Z]{5}$/u.test(code) && !ownClasses.test(code);
}

function explanationOf(error: Error, code: string): Explanation | undefined {
  if (code === '42501') return { ...unavailable, ...explainMissingPrivilege(error) };
  const alert = explainTlsAlert(code);
  if (alert) return alert;
  const known = Object.keys(explanations)
    .filter((prefix) => code.startsWith(prefix))
    .sort((one, other) => other.length - one.length)[0];
  return known === undefined ? undefined : explanations[known];
}

/** Turns an error of the driver into one for the operator. The server's text, which may hold values, is dropped. */
export function explainPostgresError(error: unknown, location: string): unknown {
  const code = errorCodeOf(error);
  if (code === undefined) return error;
  const explanation = explanationOf(error as Error, code);
  if (explanation) {
    const { says, hints, ...description } = explanation;
    return new KeyturnError({
      ...description,
      message: `cannot use "${location}": ${says} (${code})`,
      hints: hints.map((hint) => hint.replace('HOST:PORT', () => serverIn(location))),
    });
  }
  return new KeyturnError({
    ...(classifyError(error) === 'connection lost' ? away : unforeseen),
    message: `the server reports ${code} for "${location}"`,
  });
}

/** `db1:5432` of `db1/fleet`. */
function serverIn(location: string): string {
  const [server = ''] = location.split(/[,/]/u);
  return /:\d+$/u.test(server) ? server : `${server}:5432`;
}

/** The error of a statement on a table that was dropped or renamed meanwhile. */
export function tableGone(table: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_STATEMENT_REFUSED',
    reason: 'unexpected',
    message: `there is no table "${table}" any more`,
    hints: ['keyturn plan'],
  });
}
