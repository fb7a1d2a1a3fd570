import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { explainPostgresError } from '../../src/lib/databases/postgres/connection/errors.ts';
import { openSession } from '../../src/lib/databases/postgres/connection/session.ts';
import type { KeyturnError } from '../../src/lib/model/keyturn-error.ts';
import { createAuthority, type Certificate } from '../support/postgres/certificates.ts';
import { onClient } from '../support/postgres/on-client.ts';
import { createPostgresScene } from '../support/postgres/postgres-scene.ts';
import { startPostgresServer, type PostgresServer } from '../support/postgres/postgres-server.ts';
import { peopleTable } from '../support/postgres/token-table.ts';
import { rotationKeys } from '../support/scene.ts';

const authority = createAuthority('the authority');
const stranger = createAuthority('another authority');
const here = { hosts: ['localhost'], addresses: ['127.0.0.1'] };
const certificates = {
  good: authority.issue({ name: 'db', ...here }),
  expired: authority.issue({ name: 'db', ...here, expires: new Date(Date.now() - 86_400_000) }),
  'of another name': authority.issue({ name: 'db', hosts: ['db.example'] }),
  'self-signed': stranger,
} as const;
type Served = keyof typeof certificates;

const folder = mkdtempSync(join(tmpdir(), 'keyturn-tls-'));
let server: PostgresServer;
let served: Served | undefined;

/** Files of the client, by their names in URLs. */
const files = {
  CA: authority.certificate,
  OTHER_CA: stranger.certificate,
  ...pairNamed('MINE', authority.issue({ name: 'certified' })),
  ...pairNamed('FOREIGN', stranger.issue({ name: 'certified' })),
  JUNK: 'nothing of the kind',
} as const;

function pairNamed<Name extends string>(
  name: Name,
  { certificate, key }: Certificate,
): Readonly<Record<`${Name}_CRT` | `${Name}_KEY`, string>> {
  return { [`${name}_CRT`]: certificate, [`${name}_KEY`]: key } as Record<
    `${Name}_CRT` | `${Name}_KEY`,
    string
  >;
}

/** Has the server itself write a file into its folder: nobody else may own it. */
async function write(name: string, text: string): Promise<void> {
  const lines = `SELECT unnest(string_to_array('${text}', E'\n'))`;
  await onClient(server.url('postgres'), (client) =>
    client.query(`COPY (${lines}) TO PROGRAM 'umask 077; cat > ${name}'`),
  );
}

beforeAll(async () => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  server = await startPostgresServer({ writes: 'fast' });
  await write('root.crt', authority.certificate);
  await onClient(server.url('postgres'), (client) =>
    client.query('CREATE ROLE certified LOGIN; CREATE ROLE encrypted LOGIN; CREATE ROLE plain LOGIN'),
  );
  const rules = [
    'hostssl all certified all cert',
    'hostnossl all encrypted all reject',
    'hostssl all plain all reject',
  ];
  await write('pg_hba.conf', [...rules, 'host all all all trust', 'local all all trust', ''].join('\n'));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Has the server show a certificate from now on. */
async function serve(name: Served): Promise<void> {
  if (served === name) return;
  const { certificate, key } = certificates[name];
  await write('server.crt', certificate);
  await write('server.key', key);
  await onClient(server.url('postgres'), async (client) => {
    await client.query('ALTER SYSTEM SET ssl = on');
    await client.query("ALTER SYSTEM SET ssl_ca_file = 'root.crt'");
    await client.query('SELECT pg_reload_conf()');
  });
  while ((await servedNow()) !== certificate.replaceAll(/-----[^-]+-----|\s/gu, '')) await sleep(5);
  served = name;
}

/** The server's certificate in base64; empty while it has none. */
async function servedNow(): Promise<string> {
  const client = new Client({ connectionString: server.url('postgres'), ssl: { rejectUnauthorized: false } });
  try {
    await client.connect();
    const { stream } = client.connection as unknown as { readonly stream: TLSSocket };
    return stream.getPeerCertificate().raw.toString('base64');
  } catch {
    return '';
  } finally {
    await client.end();
  }
}

function urlWith(parameters: string, user = 'keyturn'): string {
  const named = parameters.replaceAll(/[A-Z]+(?:_[A-Z]+)?/gu, (name) =>
    name in files ? join(folder, name) : name,
  );
  return server.url('postgres').replace('keyturn@', `${user}@`) + named;
}

/** Whether a session is encrypted, or why there is none. */
async function attempt(parameters: string, user?: string): Promise<'encrypted' | 'plain' | KeyturnError> {
  try {
    const session = await openSession(
      { kind: 'postgres', url: urlWith(parameters, user) },
      { access: 'read', triggers: 'fire' },
    );
    const { rows } = await session.query({
      text: 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    });
    await session.close();
    return rows[0]?.[0] === 't' ? 'encrypted' : 'plain';
  } catch (error) {
    return explainPostgresError(error, 'db') as KeyturnError;
  }
}

/** A session of that kind, or a refusal that says this and helps. */
function expectOutcome(
  outcome: Awaited<ReturnType<typeof attempt>>,
  expected: 'encrypted' | 'plain' | RegExp,
): void {
  if (typeof expected === 'string') {
    expect(outcome).toBe(expected);
    return;
  }
  expect(outcome).toMatchObject({
    code: 'KT_DATABASE_UNAVAILABLE',
    exitCode: 15,
    message: expect.stringMatching(expected) as unknown,
    hints: expect.arrayContaining([expect.any(String)]) as unknown,
  });
}

test('a server that encrypts nothing names the setting that asks for it', async () => {
  expectOutcome(await attempt('?sslmode=require'), /it offers no encrypted connections, which sslmode/u);
  const direct = await attempt('?sslmode=require&sslnegotiation=direct');
  expectOutcome(direct, /which sslnegotiation=direct asks for/u);
});

// As psql has it, but for the authority of another that is named beside `prefer`.
test.each<[Served, string, 'encrypted' | 'plain' | RegExp]>([
  ['good', '', 'plain'],
  ['good', '?sslmode=disable', 'plain'],
  ['good', '?sslmode=prefer', 'plain'],
  ['good', '?sslmode=require', 'encrypted'],
  ['good', '?sslmode=require&sslnegotiation=direct', 'encrypted'],
  ['good', '?sslmode=require&sslrootcert=CA', 'encrypted'],
  ['good', '?sslmode=verify-ca&sslrootcert=CA', 'encrypted'],
  ['good', '?sslmode=verify-full&sslrootcert=CA', 'encrypted'],
  ['good', '?sslmode=prefer&sslrootcert=OTHER_CA', /nobody who is trusted has signed its certificate/u],
  ['good', '?sslmode=require&sslrootcert=OTHER_CA', /nobody who is trusted has signed its certificate/u],
  ['good', '?sslmode=verify-full', /nobody who is trusted has signed its certificate/u],
  ['good', '?sslmode=verify-ca', /nobody who is trusted has signed its certificate/u],
  ['good', '?sslmode=verify-full&sslrootcert=system', /nobody who is trusted has signed its certificate/u],
  [
    'good',
    '?sslmode=require&sslrootcert=/nowhere/ca.pem',
    /the certificate or key "\/nowhere\/ca\.pem" cannot be read \(ENOENT\)/u,
  ],
  ['good', '?sslmode=verify-full&sslrootcert=JUNK', /JUNK" holds no certificate$/u],
  ['of another name', '?sslmode=verify-ca&sslrootcert=CA', 'encrypted'],
  [
    'of another name',
    '?sslmode=verify-full&sslrootcert=CA',
    /its certificate is for other names than the host/u,
  ],
  ['expired', '?sslmode=require', 'encrypted'],
  [
    'expired',
    '?sslmode=verify-ca&sslrootcert=CA',
    /its certificate, or that of an authority behind it, has expired/u,
  ],
  ['expired', '?sslmode=no-verify&sslrootcert=CA', 'encrypted'],
  ['self-signed', '?sslmode=verify-full&sslrootcert=CA', /its certificate is signed by nobody but itself/u],
  ['self-signed', '?sslmode=verify-ca&sslrootcert=OTHER_CA', 'encrypted'],
])('a server whose certificate is %s, with "%s": %s', async (certificate, parameters, expected) => {
  await serve(certificate);
  expectOutcome(await attempt(parameters), expected);
});

test.each<[string, 'encrypted' | RegExp]>([
  ['&sslcert=MINE_CRT&sslkey=MINE_KEY', 'encrypted'],
  ['', /the server does not let this user in from here/u],
  ['&sslcert=FOREIGN_CRT&sslkey=FOREIGN_KEY', /it does not take the client's certificate/u],
  ['&sslcert=MINE_CRT&sslkey=FOREIGN_KEY', /the two do not belong together/u],
  ['&sslcert=MINE_CRT&sslkey=JUNK', /is no certificate or key/u],
])('a server that wants a certificate of the client, with "%s": %s', async (parameters, expected) => {
  await serve('good');
  expectOutcome(await attempt(`?sslmode=verify-full&sslrootcert=CA${parameters}`, 'certified'), expected);
});

test('what lies where libpq looks counts where a proof is asked for, and a key that others may use does not', async () => {
  await serve('good');
  const usual = join(folder, 'home', '.postgresql');
  mkdirSync(usual, { recursive: true });
  vi.stubEnv('HOME', join(folder, 'home'));
  writeFileSync(join(usual, 'root.crt'), stranger.certificate);
  expectOutcome(await attempt('?sslmode=require'), /nobody who is trusted/u);
  expectOutcome(await attempt(''), 'plain');
  writeFileSync(join(usual, 'root.crt'), authority.certificate);
  writeFileSync(join(usual, 'postgresql.crt'), files.MINE_CRT);
  writeFileSync(join(usual, 'postgresql.key'), files.MINE_KEY);
  chmodSync(join(usual, 'postgresql.key'), 0o644);
  expectOutcome(
    await attempt('?sslmode=verify-full', 'certified'),
    /counts for nothing while others may use it/u,
  );
  chmodSync(join(usual, 'postgresql.key'), 0o600);
  expectOutcome(await attempt('?sslmode=verify-full', 'certified'), 'encrypted');
});

test('a server that takes only encrypted connections, or only others, gets those where nothing is said', async () => {
  await serve('good');
  expectOutcome(await attempt('', 'encrypted'), 'encrypted');
  expectOutcome(await attempt('?sslmode=prefer', 'plain'), 'plain');
  expectOutcome(await attempt('?sslmode=require', 'plain'), /not over a connection of this kind/u);
  const socket = `?sslmode=verify-full&host=${encodeURIComponent(server.folder)}`;
  expectOutcome(await attempt(socket), 'plain');
});

test('a rotation over an encrypted connection, threads and lanes included', async () => {
  await serve('good');
  const scene = await createPostgresScene(peopleTable(50), {
    serverUrl: server.url('DATABASE'),
    server: 'ends with the test',
  });
  const url = `${scene.url}?sslmode=verify-full&sslrootcert=${join(folder, 'CA')}`;
  const run = await scene.runOn(url, 'rotate', ...rotationKeys, '--yes', '--json', '--progress', 'none');
  expect(run.code, run.stdout + run.stderr).toBe(0);
  const refused = await scene.runOn(`${scene.url}?sslmode=verify-full`, 'status');
  expect(refused).toMatchObject({ code: 15, stdout: '' });
  expect(refused.stderr).toMatch(
    /^Error: cannot use .*Code: KT_DATABASE_UNAVAILABLE\nTry this: name the authority/su,
  );
});
