import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ScrubResult } from '../../src/lib/cli/results/scrub-result.ts';
import type { StatusResult } from '../../src/lib/cli/results/status-result.ts';
import type { VerifyResult } from '../../src/lib/cli/results/verify-result.ts';
import type { KeyturnResult } from '../support/run-keyturn.ts';
import { createScene, errorOf, tableOf, token, type Scene, type SceneOptions } from '../support/scene.ts';

const rows = 300;
const mail = (row: number): string =>
  `${String(row * 7919 + 1_000_000)}-${String(row * 104_729 + 1_000_000_000)}@example.com`;
const quiet = ['--yes', '--json', '--progress', 'none'] as const;

/** People in plaintext, encrypted since; half of them have moved meanwhile, so that old values stand in free pages, too. */
async function encrypted(options: SceneOptions = {}): Promise<Scene> {
  const scene = createScene((database) => {
    database.exec('CREATE TABLE people(id INTEGER PRIMARY KEY, email TEXT, age, note TEXT)');
    database.exec('CREATE INDEX by_email ON people(email)');
    const insert = database.prepare('INSERT INTO people(email, age, note) VALUES (?, ?, ?)');
    for (let row = 0; row < rows; row += 1)
      insert.run(mail(row), row, row % 2 === 0 ? 'short' : 'the same for many');
    database.exec('ANALYZE');
  }, options);
  const columns = ['--column', 'people.email', '--column', 'people.note'];
  const flags = ['--key', 'file:new.key', '--no-backup', ...quiet];
  const { code, stderr } = await scene.run('encrypt', ...columns, ...flags);
  expect(code, stderr).toBe(0);
  return scene;
}

async function scrub(
  scene: Scene,
  ...flags: readonly string[]
): Promise<KeyturnResult & { result: ScrubResult }> {
  const ended = await scene.run('scrub', ...quiet, ...flags);
  return { ...ended, result: JSON.parse(ended.stdout) as ScrubResult };
}

/** How many of the old values stand in some file of the folder. */
function canaries({ folder }: Scene, encoding: BufferEncoding = 'utf8'): number {
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  return Array.from({ length: rows }, (_, row) => Buffer.from(mail(row), encoding)).filter((value) =>
    files.some((content) => content.includes(value)),
  ).length;
}

describe.each(['delete', 'wal'] as const)('keyturn scrub, journal mode %s', (journalMode) => {
  test('finds old values in the files before it runs, and none afterwards, as do others who look', async () => {
    const scene = await encrypted({ journalMode });
    expect(canaries(scene)).toBeGreaterThan(0);
    const before = await scrub(scene, '--check');
    expect(before.code).toBe(14);
    expect(before.result).toMatchObject({ mode: 'checked', state: 'remains' });
    expect(before.result.found).toBeGreaterThan(0);
    expect(before.result.remains.map(({ place }) => place)).toContain('pages of "sqlite_stat4"');

    const after = await scrub(scene);
    expect(after.code, after.stderr).toBe(0);
    expect(after.result).toMatchObject({
      mode: 'scrubbed',
      state: 'clean',
      found: 0,
      remains: [],
      logHeldBy: [],
    });
    expect(after.result.columns).toMatchObject([
      { column: 'email', samples: rows, short: 0, repeated: 0 },
      { column: 'note', samples: 0, short: rows / 2, repeated: rows / 2 },
    ]);
    expect(canaries(scene)).toBe(0);
    expect(scene.values('PRAGMA integrity_check')).toEqual(['ok']);
    expect(scene.values("SELECT name FROM sqlite_schema WHERE name GLOB 'keyturn_rowids*'")).toEqual([]);
  });
});

test('status and verify say that a scrub is due until it is done, and the audit chain tells of it', async () => {
  const scene = await encrypted();
  const verifyResult = async (): Promise<VerifyResult> =>
    JSON.parse((await scene.run('verify', '--json')).stdout) as VerifyResult;
  expect((await scene.run('status')).stdout).toContain('due: free pages');
  expect(await verifyResult()).toMatchObject({ outcome: 'verified', scrubDue: true });
  const stop = { step: 'scrub begun', occurrence: 1, signal: 'SIGSTOP' } as const;
  const scrubbing = scene.start(['scrub', '--yes'], [stop]);
  await scrubbing.standsStill();
  // It was said to be due meanwhile, and to pause it that nothing is unfinished.
  expect((await scene.run('status')).stdout).toMatch(/under way.*Next: keyturn status --watch/su);
  expect((await scene.run('pause')).stderr).toMatch(/unfinished; process \d+ on .* scrubs the database/u);
  scrubbing.signal('SIGCONT');
  expect((await scrubbing.ended).code).toBe(0);
  const status = JSON.parse((await scene.run('status', '--json')).stdout) as StatusResult;
  expect(status.scrubbedAt).toBeGreaterThan(Date.now() - 3_600_000);
  expect(await verifyResult()).toMatchObject({ outcome: 'verified', scrubDue: false, next: [] });
  const types = scene.values('SELECT type FROM keyturn_event ORDER BY seq');
  expect(types).toEqual(expect.arrayContaining(['scrub begun', 'scrub finished']));
  expect((await scene.run('audit verify')).code).toBe(0);
  // The samples have served their purpose.
  expect(scene.query('SELECT * FROM keyturn_sample')).toEqual([]);
  expect((await scrub(scene, '--check')).code).toBe(17);
});

test('nothing of the old values can be told from the ledger without the key', async () => {
  const scene = await encrypted();
  const [sealed] = scene.values("SELECT fingerprints FROM keyturn_sample WHERE column_name = 'email'");
  expect(Buffer.isBuffer(sealed) && sealed.length).toBe(12 + rows * 20 + 16);
  for (const name of ['old', 'third']) {
    const refused = await scene.run('scrub', '--check', '--new-key', `file:${name}.key`, '--json');
    expect(refused.code).toBe(12);
    expect(errorOf(refused)).toMatchObject({ code: 'KT_WRONG_KEY' });
  }
  scene.change((database) =>
    database.exec('UPDATE keyturn_sample SET fingerprints = randomblob(length(fingerprints))'),
  );
  const altered = await scene.run('scrub', '--check', '--json');
  expect(altered.code).toBe(14);
  expect(errorOf(altered)).toMatchObject({ code: 'KT_LEDGER_ALTERED' });
});

test('a value that still stands in another table is found there, whatever is rewritten', async () => {
  const scene = await encrypted();
  scene.change((database) => {
    database.exec('CREATE TABLE orders(id INTEGER PRIMARY KEY, contact TEXT)');
    database.prepare('INSERT INTO orders(contact) VALUES (?)').run(`call ${mail(5)}`);
  });
  const { code, result } = await scrub(scene);
  expect(code).toBe(14);
  expect(result).toMatchObject({
    state: 'remains',
    found: 1,
    remains: [{ place: 'pages of "orders"', found: 1 }],
  });
  scene.change((database) => database.exec('DROP TABLE orders'));
  expect((await scrub(scene)).result).toMatchObject({ state: 'clean', found: 0 });
});

test('old cells of a rotation are removed and searched for as plaintext is', async () => {
  const cells = Array.from({ length: 50 }, (_, row) =>
    token('old', `value ${String(row)}`, { timestamp: BigInt(1_700_000_000 + row) }),
  );
  const scene = createScene(tableOf(...cells));
  expect((await scene.rotate('--no-backup')).code).toBe(0);
  expect((await scrub(scene, '--check')).result).toMatchObject({ state: 'remains', samples: 50 });
  expect((await scrub(scene)).result).toMatchObject({ state: 'clean', samples: 50, found: 0 });
  const content = readFileSync(scene.path);
  expect(cells.filter((cell) => content.includes(cell))).toEqual([]);
});

test('rows keep their rowids in tables where VACUUM would give them others', async () => {
  const scene = createScene((database) => {
    database.exec('CREATE TABLE loose(email TEXT); CREATE TABLE other("odd ""name" TEXT)');
    for (let row = 0; row < 40; row += 1) {
      database.prepare('INSERT INTO loose VALUES (?)').run(mail(row));
      database.prepare('INSERT INTO other VALUES (?)').run(String(row));
    }
    database.exec('DELETE FROM loose WHERE rowid % 3 = 0; DELETE FROM other WHERE rowid % 4 = 1');
  });
  const flags = ['--key', 'file:new.key', '--bind', 'column', '--no-backup', ...quiet];
  expect((await scene.run('encrypt', '--column', 'loose.email', ...flags)).code).toBe(0);
  const rowids = 'SELECT rowid FROM loose UNION ALL SELECT rowid FROM other';
  const before = scene.values(rowids);
  const schema = scene.query('SELECT name, sql FROM sqlite_schema ORDER BY name');
  expect((await scrub(scene)).code).toBe(0);
  expect(scene.values(rowids)).toEqual(before);
  expect(scene.query('SELECT name, sql FROM sqlite_schema ORDER BY name')).toEqual(schema);
});

test('a UTF-16 database is searched for what stands in it', async () => {
  const scene = await encrypted({ encoding: 'UTF-16le' });
  expect(canaries(scene, 'utf16le')).toBeGreaterThan(0);
  expect((await scrub(scene, '--check')).result).toMatchObject({ state: 'remains', samples: rows });
  expect((await scrub(scene)).result).toMatchObject({ state: 'clean', samples: rows });
  expect(canaries(scene, 'utf16le')).toBe(0);
});

test('a journal that an application has left with its content is removed', async () => {
  const scene = await encrypted();
  scene.change((database) => {
    database.pragma('journal_mode = PERSIST');
    database.exec('CREATE TABLE more(x); INSERT INTO more VALUES (1)');
  });
  writeFileSync(`${scene.path}-journal`, Buffer.concat([Buffer.alloc(512), Buffer.from(mail(1))]));
  expect((await scrub(scene, '--check')).result.remains).toContainEqual(
    expect.objectContaining({ kind: 'journal', place: 'the rollback journal' }),
  );
  expect((await scrub(scene)).code).toBe(0);
  expect(existsSync(`${scene.path}-journal`)).toBe(false);
});

test('a reader that keeps the log from being emptied is named, and nothing is said to be proven', async () => {
  const scene = await encrypted({ journalMode: 'wal' });
  const reader = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import Database from ${JSON.stringify(import.meta.resolve('better-sqlite3'))};
       const database = new Database(${JSON.stringify(scene.path)});
       database.exec('BEGIN'); database.prepare('SELECT count(*) FROM people').get();
       console.log('reading'); setInterval(() => database, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => {
    reader.kill();
  });
  await once(reader.stdout, 'data');
  const { code, result } = await scrub(scene, '--wait', '1s');
  expect(code).toBe(75);
  expect(result).toMatchObject({
    state: 'log held',
    logHeldBy: [expect.stringContaining(`process ${String(reader.pid)} `)],
  });
  expect((await scene.run('status')).stdout).toContain('due: free pages');
  reader.kill();
  await once(reader, 'exit');
  expect((await scrub(scene)).result).toMatchObject({ state: 'clean', found: 0 });
});

test('copies of keyturn are listed, and deleted where that is asked for', async () => {
  const scene = createScene(tableOf(...Array.from({ length: 20 }, (_, row) => mail(row))));
  const encrypt = await scene.run('encrypt', '--column', 't.cell', '--key', 'file:new.key', ...quiet);
  expect(encrypt.code).toBe(0);
  const kept = await scrub(scene);
  expect(kept.result).toMatchObject({
    state: 'clean',
    backups: [{ path: expect.stringMatching(/backup$/) as string }],
  });
  const deleted = await scrub(scene, '--delete-backups');
  expect(deleted.result.backups).toEqual([]);
  expect(readdirSync(scene.folder).filter((name) => name.includes('backup'))).toEqual([]);
});

test('what cannot be scrubbed is refused before anything is written', async () => {
  const scene = createScene(tableOf(token('old', 'a value')));
  expect((await scene.run('scrub', ...quiet)).code).toBe(17);
  await scene.rotate('--keep-undo', '--no-backup');
  const kept = await scene.run('scrub', ...quiet);
  expect(kept.code).toBe(2);
  expect(errorOf(kept)).toMatchObject({ code: 'KT_OLD_CELLS_KEPT' });
  await scene.run('undo drop', '--yes');
  const unanswered = await scene.run('scrub', '--json');
  expect(unanswered.code).toBe(5);
  expect((await scene.run('scrub', ...quiet)).code).toBe(0);
});

test('a check changes neither the content nor the file', async () => {
  const scene = await encrypted();
  const before = readFileSync(scene.path);
  expect((await scrub(scene, '--dry-run')).code).toBe(14);
  expect(readFileSync(scene.path).equals(before)).toBe(true);
  const database = new Database(scene.path, { readonly: true });
  onTestFinished(() => {
    database.close();
  });
  expect(database.prepare('SELECT count(*) FROM keyturn_sample').pluck().get()).toBe(2);
});

test('the plaintext of a column whose cells went into another one is scrubbed once it is finalized', async () => {
  const scene = createScene(tableOf(...Array.from({ length: 100 }, (_, row) => mail(row))));
  const into = ['--into', '{column}_encrypted', '--key', 'file:new.key', '--no-backup', ...quiet];
  expect((await scene.run('encrypt', '--column', 't.cell', ...into)).code).toBe(0);
  const early = await scene.run('scrub', ...quiet);
  expect(early.code).toBe(2);
  expect(errorOf(early)).toMatchObject({ code: 'KT_UNFINISHED_MIGRATION' });
  expect((await scene.run('finalize', '--confirm', 't.cell', ...quiet)).code).toBe(0);
  expect((await scrub(scene, '--check')).result).toMatchObject({ state: 'remains', samples: 100 });
  expect((await scrub(scene)).result).toMatchObject({ state: 'clean', samples: 100, found: 0 });
  expect(canaries(scene)).toBe(0);
});
