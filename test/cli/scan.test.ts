import { expect, test } from 'vitest';
import type { ScanResult } from '../../src/lib/cli/results/scan-results.ts';
import { contentOf } from '../support/database-content.ts';
import { createScene, token, type Scene } from '../support/scene.ts';

const secrets = ['mario.rossi@example.com', 'RSSMRA80A01H501U', 'geheim-7781', 'DE89370400440532013000'];

/** People, of whom one column speaks where nobody expects it, beside columns that only look like theirs. */
function people(rows: number): Scene {
  return createScene((database) => {
    database.exec(`CREATE TABLE users(id INTEGER PRIMARY KEY, email TEXT, "codice fiscale" TEXT, wifi_password TEXT, note TEXT,
        serial INTEGER, sealed TEXT, "order" TEXT);
      CREATE TABLE accounts(id INTEGER PRIMARY KEY, payload BLOB)`);
    const insert = database.prepare(
      'INSERT INTO users(email, "codice fiscale", wifi_password, note, serial, sealed, "order") VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    for (let row = 0; row < rows; row += 1) {
      const note = row === rows >> 1 ? `write to ${secrets[0] ?? ''}, please` : 'nothing of note';
      const serial = 3_470_000_000 + row;
      insert.run(secrets[0], secrets[1], secrets[2], note, serial, token('old'), `ORD-${String(row)}`);
    }
    database.prepare('INSERT INTO accounts(payload) VALUES (?)').run(JSON.stringify({ iban: secrets[3] }));
  });
}

async function scan(scene: Scene, ...flags: readonly string[]): Promise<ScanResult> {
  const { code, stdout, stderr } = await scene.run('scan', '--json', ...flags);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as ScanResult;
}

test('a scan names the columns that hold personal data, the most harmful first, and those that are encrypted', async () => {
  const { columns, next } = await scan(people(500));
  const types = [
    '--as accounts.payload=',
    '--as \'users."codice fiscale"=tax_id\'',
    '--as users.wifi_password=credential',
  ];
  for (const type of types) expect(next[0]).toContain(type);
  expect(columns.map(({ table, column, state, looksLike }) => [table, column, state, looksLike])).toEqual([
    ['accounts', 'payload', 'plaintext', 'bank accounts (IBAN)'],
    ['users', 'codice fiscale', 'plaintext', 'Italian tax numbers (Codice Fiscale)'],
    ['users', 'wifi_password', 'plaintext', 'passwords'],
    ['users', 'email', 'plaintext', 'e-mail addresses'],
    ['users', 'note', 'plaintext', 'e-mail addresses'],
    ['users', 'sealed', 'encrypted', 'fernet'],
  ]);
  expect(columns.find(({ column }) => column === 'note')).toMatchObject({ found: 1, values: 500, rows: 500 });
});

test('a scan shows no value, with or without --json, and changes nothing', async () => {
  const scene = people(20);
  const before = contentOf(scene.path);
  for (const flags of [[], ['--json']]) {
    const { stdout, stderr } = await scene.run('scan', '--debug', '--verbose', ...flags);
    expect(secrets.filter((secret) => (stdout + stderr).includes(secret))).toEqual([]);
  }
  expect(contentOf(scene.path)).toBe(before);
});

test('a scan looks only where it is told to', async () => {
  const scene = people(20);
  const { columns } = await scan(
    scene,
    '--column',
    'users.email',
    '--table',
    'accounts',
    '--exclude',
    'accounts.payload',
  );
  expect(columns.map(({ column }) => column)).toEqual(['email']);
  const { code, stderr } = await scene.run('scan', '--table', 'user');
  expect(code).toBe(2);
  expect(stderr).toContain('the nearest name is users');
});

// It advised to encrypt in place what "encrypt" refused then.
test('a scan advises what can be done with each column, and says what stands in the way', async () => {
  const scene = createScene((database) => {
    database.exec(`CREATE TABLE "a
      b"(id INTEGER PRIMARY KEY, email TEXT, short TEXT CHECK (length(short) < 40));
      CREATE TABLE nameless(email TEXT);
      CREATE TABLE keyed(email TEXT PRIMARY KEY) WITHOUT ROWID`);
    const address = secrets[0] ?? '';
    database.prepare('INSERT INTO "a\n      b"(email, short) VALUES (?, ?)').run(address, address);
    for (const table of ['nameless', 'keyed'])
      database.prepare(`INSERT INTO ${table} VALUES (?)`).run(address);
  });
  const { columns, next } = await scan(scene);
  expect(columns.map(({ column, encryption, obstacle }) => [column, encryption, obstacle])).toEqual([
    ['email', 'in place', null],
    ['short', 'into another column', expect.stringContaining('a CHECK of the table refuses them')],
    ['email', 'none', expect.stringContaining('part of the key that addresses its row')],
    ['email', 'bound to its column', expect.stringContaining('no primary key')],
  ]);
  // A line break in a name stood in it as \u{a}, and the command named a column that is not there.
  expect(next[0]).toContain(String.raw`--column $'"a\n      b".email'`);
  expect(next[1]).toMatch(/--column nameless\.email .*--bind column$/u);
  expect(next[2]).toMatch(/b"\.short' .*--into '\{column\}_encrypted'$/u);
});

test('a database without anything to protect says so', async () => {
  const scene = createScene((database) => {
    database.exec(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, colour TEXT); INSERT INTO t(colour) VALUES ('red')",
    );
  });
  const { code, stdout } = await scene.run('scan');
  expect(code).toBe(0);
  expect(stdout).toContain('0 columns of plaintext to protect');
});
