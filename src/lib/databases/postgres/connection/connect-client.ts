import { userInfo } from 'node:os';
import type { Client, ClientConfig } from 'pg';
import { keepBinaryRows, type BinaryRows } from './binary-rows.ts';
import { errorCodeOf, noAnswer, wantsOtherConnection } from './errors.ts';
import { sendLargeParameters } from './large-parameters.ts';
import { findPassword, type PasswordOwner } from './password-file.ts';
import { tlsAttempts, type TlsOptions } from './tls/tls-attempts.ts';
import { noDirectTls, noTls } from './tls/tls-errors.ts';
import { takeTlsSettings } from './tls/tls-settings.ts';

/** The driver's connection to one server. */
export interface ConnectedClient {
  readonly client: Client;
  readonly binaryRows: BinaryRows;
  /** Whether the connection is gone. */
  readonly isLost: () => boolean;
}

/** How long the server may take to answer a new connection, in seconds, where nobody says so; libpq would wait for ever. */
const connectSeconds = 10;

/** How the driver is told to encrypt at once, which its types leave out. */
interface Negotiation {
  readonly sslnegotiation: 'postgres' | 'direct';
}

/**
 * Connects to the one server that a URL names. Where that does not say how, or prefers it, the connection is encrypted if the server offers it, as
 * libpq's is: nobody can listen, but who is there is not proven. On this machine, where nobody else listens, it is encrypted if the
 * server lets nobody in otherwise. Errors are the driver's own.
 */
export async function connectClient(said: string): Promise<ConnectedClient> {
  const { url, settings } = takeTlsSettings(said);
  const { Client: PostgresClient, defaults } = (await import('pg')).default;
  defaults.user ??= userOfProcess();
  const clientFor = (ssl: TlsOptions): Client => {
    const config: ClientConfig & Negotiation = {
      connectionString: url,
      application_name: 'keyturn',
      connectionTimeoutMillis: connectMilliseconds(url),
      keepAlive: true,
      pipeline: true,
      ssl,
      sslnegotiation: ssl === false ? 'postgres' : settings.negotiation,
    };
    return new PostgresClient(config);
  };
  const [first, second] = tlsAttempts(settings, clientFor(false).host);
  try {
    return await connected(clientFor(await first()));
  } catch (error) {
    if (settings.negotiation === 'direct' && brokenOff.has(errorCodeOf(error) ?? ''))
      throw new NoDirectTls('the server ends the connection', { cause: error });
    if (second === undefined || !wantsOtherConnection(error)) throw error;
    return connected(clientFor(await second())).catch((other: unknown) => {
      throw errorCodeOf(other) === noTls ? error : other;
    });
  }
}

/** The driver asks for USER, which containers and timers leave out; libpq asks the system, which knows no name of some users. */
function userOfProcess(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

async function connected(client: Client): Promise<ConnectedClient> {
  const binaryRows = keepBinaryRows(client);
  sendLargeParameters(client);
  let lost = false;
  const lose = (): void => {
    lost = true;
  };
  client.on('error', lose).on('end', lose);
  askForPassword(client);
  await client.connect().catch((error: unknown) => {
    throw errorCodeOf(error) === '08006'
      ? new NoAnswer('the server does not answer', { cause: error })
      : error;
  });
  return { client, binaryRows, isLost: () => lost };
}

/** Where nobody has said it, the password is looked for once the server asks; the driver's types leave out that it may. */
function askForPassword(client: Client): void {
  const asked = client as unknown as {
    password: string | null | (() => Promise<string>);
    readonly database?: string;
    readonly user?: string;
  };
  const { host, port } = client;
  const owner: PasswordOwner = { host, port, database: asked.database ?? '', user: asked.user ?? '' };
  asked.password ??= () => findPassword(owner);
}

/** A connection that never came to be, which the driver does not tell from one that was lost. */
class NoAnswer extends Error {
  readonly code = noAnswer;
}

/** How a connection ends whose first bytes the server does not understand, by the codes of errors. */
const brokenOff: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', noAnswer]);

/** A server that takes no TLS handshake in the place of a request. */
class NoDirectTls extends Error {
  readonly code = noDirectTls;
}

/** `connect_timeout` or its variable; 0 or less is no limit. */
function connectMilliseconds(url: string): number {
  const said = /[?&]connect_timeout=(-?\d+)/u.exec(url)?.[1] ?? process.env['PGCONNECT_TIMEOUT'] ?? '';
  return Math.max(said === '' ? connectSeconds : Number(said), 0) * 1000;
}
