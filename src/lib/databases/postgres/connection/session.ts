import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, CustomTypesConfig, QueryArrayConfig, QueryArrayResult } from 'pg';
import type { PostgresLocation } from '../../../model/databases/database-location.ts';
import { serverUrls } from '../../../model/databases/server-urls.ts';
import { KeyturnError } from '../../../model/keyturn-error.ts';
import type { TriggerChoice } from '../../../model/runs/trigger-choice.ts';
import { connectClient } from './connect-client.ts';
import { errorCodeOf, readOnlyByDefault } from './errors.ts';
import type { Parameter } from './parameter.ts';
import { createStatementNames } from './statement-names.ts';

/** `read` refuses every write on the server itself. */
export type DatabaseAccess = 'read' | 'write';

/** One statement. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly Parameter[];
  /**
   * `kept`: the server parses and plans it once for as long as the session lasts. Not for what selects columns of a
   * user's table as they are: their types may change.
   */
  readonly plan?: 'kept' | 'made each time';
}

/** Rows as arrays of the text in which the server writes each value: nothing is parsed, so nothing is lost. */
export interface StatementResult {
  readonly rows: readonly TextRow[];
  /** Rows the statement changed or returned. */
  readonly rowCount: number;
}

/** One row: each value as the server writes it, `null` for NULL. */
export type TextRow = readonly (string | null)[];

/** One connection to the server. What is asked before the last answer has come is sent at once, and answered in its order. */
export interface PostgresSession {
  /** The driver's own client, for the ledger. */
  readonly client: Client;
  /** The name under which the server keeps the plan of a statement of the ledger, where it keeps one. */
  readonly nameOf: (text: string) => string | undefined;
  /** The server's process behind this connection. */
  readonly processId: number;
  query(statement: Statement): Promise<StatementResult>;
  /** The same for a statement that returns rows: their values in the server's binary form, as the messages in which they came. */
  queryBinary(statement: Statement): Promise<Buffer>;
  /** Several statements in one message, separated by semicolons; the result is that of the last one. */
  script(text: string): Promise<StatementResult>;
  /** Whether the connection is gone. */
  isLost(): boolean;
  close(): Promise<void>;
}

/** In which form a statement's values are asked for; the driver's types leave it out. */
type AskedForm = { readonly binary: true; readonly queryMode: 'extended' } | { readonly binary?: never };

const inBinary: AskedForm = { binary: true, queryMode: 'extended' };

/**
 * How long a session that ends waits for its settings to be taken back, in milliseconds: a server in one process gives the same session
 * to whoever comes next, who must not find it read only.
 */
const farewellMilliseconds = 200;

/**
 * How long a statement outside a transaction waits for a lock. Then the lane finds out whose it is, and has the statement wait anew:
 * a session that waits can be asked nothing.
 */
export const lockTurn = '2s';

const asText: CustomTypesConfig = { getTypeParser: () => (value: unknown) => value };

/**
 * What every session of ours is set to. Row security off makes the server refuse to answer, where it would otherwise
 * hide rows. `pg_catalog` first keeps anybody from putting an operator of his own before the server's. Plans are kept
 * to walks along the key: a short table would be sorted or hashed, and its chunk's rows locked in another order.
 */
const settings: Readonly<Record<string, string>> = {
  // By this name sessions of ours are told from others, whatever the URL says.
  application_name: 'keyturn',
  row_security: 'off',
  datestyle: 'ISO',
  intervalstyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  lc_monetary: 'C',
  timezone: 'UTC',
  statement_timeout: '0',
  lock_timeout: lockTurn,
  default_transaction_isolation: 'read committed',
  // Without it a missing element of an array is read as the text "NULL".
  array_nulls: 'on',
  standard_conforming_strings: 'on',
  transform_null_equals: 'off',
  quote_all_identifiers: 'off',
  jit: 'off',
  // Guards let pass what keyturn writes.
  'keyturn.passes': 'yes',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
};

/** What tells triggers of ours that a session is keyturn's own. */
export const ownWrites = { name: 'keyturn.writes', value: 'own' } as const;

/** What a session may do, and what its updates set off. */
export interface SessionOptions {
  readonly access: DatabaseAccess;
  /** Only few users may ask for anything else than `fire`. */
  readonly triggers: TriggerChoice;
}

/**
 * Connects to the server, or to the first of several that takes writes. To read, a standby does where no other serves: what it
 * knows may be old. Errors are the driver's own, but for triggers that may not be suppressed (exit 2).
 */
export async function openSession(
  { url }: PostgresLocation,
  options: SessionOptions,
): Promise<PostgresSession> {
  let failure: unknown;
  let standby: PostgresSession | undefined;
  for (const server of serverUrls(url)) {
    try {
      const { session, takes } = await connect(server, options);
      if (takes === 'writes') {
        await standby?.close();
        return session;
      }
      if (standby === undefined) standby = session;
      else await session.close();
    } catch (error) {
      if (error instanceof KeyturnError) throw error;
      failure = error;
    }
  }
  if (standby === undefined) throw failure;
  return standby;
}

/** A session, and whether its server takes writes or is a standby. */
interface Connection {
  readonly session: PostgresSession;
  readonly takes: 'writes' | 'no writes';
}

async function connect(url: string, options: SessionOptions): Promise<Connection> {
  const { client, binaryRows, isLost } = await connectClient(url);
  const nameOf = createStatementNames();
  function ask(
    { text, values = [], plan = 'made each time' }: Statement,
    form: AskedForm = {},
  ): Promise<QueryArrayResult<(string | null)[]>> {
    const name = plan === 'kept' ? nameOf(text) : undefined;
    const query: AskedForm & QueryArrayConfig<Parameter[]> = {
      text,
      values: [...values],
      ...(name !== undefined && { name }),
      rowMode: 'array',
      types: asText,
      ...form,
    };
    return client.query<(string | null)[], Parameter[]>(query);
  }
  const session: PostgresSession = {
    client,
    nameOf,
    processId: (client as unknown as { readonly processID: number }).processID,
    query: async (statement) => toResult(await ask(statement)),
    async queryBinary(statement) {
      await ask(statement, inBinary);
      return binaryRows.take();
    },
    async script(text) {
      const results = (await client.query({ text, rowMode: 'array', types: asText })) as unknown;
      return toResult([results].flat().at(-1) as QueryArrayResult<(string | null)[]>);
    },
    isLost,
    async close() {
      if (!isLost()) await takeLeave(client);
    },
  };
  try {
    return { session, takes: await prepare(session, options) };
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function takeLeave(client: Client): Promise<void> {
  await Promise.race([client.query('RESET ALL').catch(() => undefined), sleep(farewellMilliseconds)]);
  await client.end();
}

async function prepare(
  session: PostgresSession,
  { access, triggers }: SessionOptions,
): Promise<Connection['takes']> {
  const values = {
    ...settings,
    [ownWrites.name]: ownWrites.value,
    [readOnly]: access === 'read' ? 'on' : 'off',
  };
  const assignments = Object.entries(values).map(
    ([name, value]) => `set_config('${name}', '${value}', false)`,
  );
  const path = "set_config('search_path', 'pg_catalog, ' || current_setting('search_path'), false)";
  const before = ['pg_is_in_recovery()', `current_setting('${readOnly}')`];
  const { rows } = await session.query({ text: `SELECT ${[...before, ...assignments, path].join(', ')}` });
  const isStandby = rows[0]?.[0] === 't';
  if (access === 'write' && isStandby) throw new TakesNoWrites('25006');
  if (access === 'write' && rows[0]?.[1] === 'on') await refuseReadOnly(session);
  if (access === 'write' && triggers === 'suppress') await suppressTriggers(session);
  return isStandby ? 'no writes' : 'writes';
}

const readOnly = 'default_transaction_read_only';

/** A server that takes no writes, under the code by which it would refuse them. */
class TakesNoWrites extends Error {
  readonly code: string;

  constructor(code: string) {
    super('the server takes no writes');
    this.code = code;
  }
}

/**
 * Who has set a server, a database or a user to read only did not mean everybody but keyturn: some services do so where a disk is
 * nearly full. A session of ours that was killed, on a server that has but one session for all, has left it so itself.
 */
async function refuseReadOnly(session: PostgresSession): Promise<void> {
  const { rows } = await session.query({
    text: `SELECT reset_val FROM pg_settings WHERE name = '${readOnly}'`,
  });
  if (rows[0]?.[0] !== 'off') throw new TakesNoWrites(readOnlyByDefault);
}

async function suppressTriggers(session: PostgresSession): Promise<void> {
  try {
    await session.query({ text: "SELECT set_config('session_replication_role', 'replica', false)" });
  } catch (error) {
    if (errorCodeOf(error) !== '42501') throw error;
    throw new KeyturnError({
      code: 'KT_TRIGGERS',
      reason: 'usage',
      message: 'this user may not suppress triggers: it lacks the right to set session_replication_role',
      hints: [
        'as a superuser of PostgreSQL 15 or newer: GRANT SET ON PARAMETER session_replication_role TO the_user',
        'let them fire with --triggers fire',
      ],
    });
  }
}

function toResult({ rows, rowCount }: QueryArrayResult<(string | null)[]>): StatementResult {
  return { rows, rowCount: rowCount ?? 0 };
}
