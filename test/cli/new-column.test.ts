import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { StatusResult } from '../../src/lib/cli/results/status-result.ts';
import type { VerifyResult } from '../../src/lib/cli/results/verify-result.ts';
import { createScene, errorOf, opened, token, type Scene, type Stored } from '../support/scene.ts';
import { succeeds } from '../support/succeeds.ts';

const killer = pathToFileURL(join(import.meta.dirname, '../support/kill-at-step.js')).href;

const schema = `
  CREATE TABLE people(
    id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE COLLATE NOCASE, -- "login", 'name'
    age INTEGER CHECK (age > 0), note TEXT DEFAULT 'none', photo BLOB);
  CREATE INDEX people_age ON people(age);
  CREATE VIEW adults AS SELECT email FROM people WHERE age >= 18`;

const run = ['--yes', '--json', '--progress', 'none', '--no-backup'] as const;

/** A scene with some people; their columns go into others. */
function createPeople(people = 300): Scene {
  return createScene((database) => {
    database.exec(schema);
    const insert = database.prepare('INSERT INTO people(email, age, note, photo) VALUES (?, ?, ?, ?)');
    for (let person = 1; person <= people; person += 1) {
      const note = person % 5 === 0 ? null : person % 7 === 0 ? '' : `note ${String(person)}`;
      insert.run(`p${String(person)}@example.com`, person, note, Buffer.from([0, person % 256]));
    }
  });
}

const columns = ['email', 'age', 'note', 'photo'] as const;
const names = columns.map((column) => `people.${column}`);
const encryption = [
  ...names.flatMap((name) => ['--column', name]),
  '--key',
  'file:new.key',
  '--format',
  'fernet',
  '--into',
  '{column}_encrypted',
  ...run,
];
const confirmed = [...run, '--confirm', names.join(','), '--drop-unique'];

/** Everything of the scene's own: its schema as the database has it, and all values with their types. */
function dump(scene: Scene): readonly unknown[] {
  return [
    scene.query("SELECT type, name, sql FROM sqlite_schema WHERE tbl_name NOT LIKE 'keyturn%' ORDER BY name"),
    scene.query(`SELECT id, ${columns.map((name) => `${name}, typeof(${name})`).join(', ')} FROM people`),
  ];
}

/** The e-mail address of each person as its cell has it. */
function cellsOf(scene: Scene): readonly string[] {
  return scene.values('SELECT email_encrypted FROM people ORDER BY id').map((cell) => opened('new', cell));
}

/** What is left of keyturn in the scene's schema, beside the ledger. */
function triggersOf(scene: Scene): readonly Stored[] {
  return scene.values("SELECT name FROM sqlite_schema WHERE type = 'trigger'");
}

test('values go into new columns, the plaintext only with finalize, and a rollback brings the very same table back', async () => {
  const scene = createPeople();
  const before = dump(scene);
  const early = errorOf(
    await scene.run('encrypt', ...encryption, '--auto-finalize', '--confirm', names.join(',')),
  );
  expect(early).toMatchObject({ code: 'KT_UNIQUENESS_LOST', exitCode: 2 });
  // There is nothing to take back yet, or it is something else.
  expect(early.hints[0]).toMatch(
    /^type the same keyturn encrypt, .*--blind-index people\.email:lower,unique/u,
  );
  const { state, cells, next } = await succeeds(scene, 'encrypt', ...encryption);
  expect({ state, rewritten: cells.rewritten, quarantined: cells.quarantined }).toEqual({
    state: 'ready',
    rewritten: 1106,
    quarantined: 0,
  });
  expect(next[0]).toBe('keyturn finalize --database sqlite:fleet.db');
  expect(dump(scene)[1]).toEqual(before[1]);
  expect(cellsOf(scene)).toEqual(scene.values('SELECT email FROM people ORDER BY id'));

  const verified = JSON.parse((await scene.run('verify', '--json')).stdout) as VerifyResult;
  expect(verified.warnings).toEqual([
    `the plaintext is still in ${names.join(', ')}, until "keyturn finalize"`,
  ]);
  expect(verified.next).toEqual([next[0]]);
  const lost = errorOf(await scene.run('finalize', ...run, '--confirm', names.join(',')));
  expect(lost).toMatchObject({ code: 'KT_UNIQUENESS_LOST', exitCode: 2 });
  expect(lost.hints[0]).toMatch(
    /^keyturn rollback .*--blind-index people\.email:lower,unique --index-key REF/u,
  );
  const unconfirmed = await scene.run('finalize', ...run, '--drop-unique');
  expect(errorOf(unconfirmed)).toMatchObject({ code: 'KT_CONFIRMATION_NEEDED', exitCode: 5 });
  expect((await succeeds(scene, 'finalize', ...confirmed)).state).toBe('succeeded');
  expect(scene.query('SELECT count(email), count(age), count(note), count(photo) FROM people')).toEqual([
    [0n, 0n, 0n, 0n],
  ]);
  expect(() => {
    scene.change((database) => {
      database.exec("UPDATE people SET email = 'late@example.com' WHERE id = 1");
    });
  }).toThrow('email_encrypted');

  await succeeds(scene, 'rollback', ...run);
  expect((await succeeds(scene, 'rollback', ...run)).state).toBe('nothing to do');
  expect(dump(scene)).toEqual(before);
  expect(triggersOf(scene)).toEqual([]);
});

test('a column that was dropped is made again with its values, its index and its NOT NULL', async () => {
  const scene = createScene((database) => {
    database.exec(`CREATE TABLE people(id TEXT PRIMARY KEY, code TEXT NOT NULL COLLATE NOCASE);
      CREATE INDEX people_code ON people(code); INSERT INTO people VALUES ('a', 'one'), ('b', 'two')`);
  });
  const flags = [
    '--column',
    'people.code',
    '--key',
    'file:new.key',
    '--format',
    'fernet',
    '--into',
    'sealed',
  ];
  await succeeds(scene, 'encrypt', ...flags, ...run);
  await succeeds(scene, 'finalize', ...run, '--contract', 'drop', '--confirm', 'people.code');
  expect(scene.values("SELECT name FROM pragma_table_info('people')")).toEqual(['id', 'sealed']);
  scene.change((database) => {
    database.exec(`INSERT INTO people(id, sealed) VALUES ('c', '${token('new', 'three')}')`);
  });
  await succeeds(scene, 'rollback', ...run);
  expect(scene.query('SELECT * FROM people ORDER BY id')).toEqual([
    ['a', 'one'],
    ['b', 'two'],
    ['c', 'three'],
  ]);
  expect(scene.values("SELECT sql FROM sqlite_schema WHERE name LIKE 'people%' ORDER BY name")).toEqual([
    'CREATE TABLE people(id TEXT PRIMARY KEY, code TEXT NOT NULL COLLATE NOCASE)',
    'CREATE INDEX people_code ON people(code)',
  ]);
});

test('the side that was written last counts, whatever old and new instances of the application write', async () => {
  const scene = createPeople(9);
  await succeeds(scene, 'encrypt', ...encryption);
  scene.change((database) => {
    const cell = (text: string): string => `email_encrypted = '${token('new', text)}'`;
    database.exec(`
      UPDATE people SET email = 'old@1' WHERE id = 1;
      UPDATE people SET ${cell('new@2')} WHERE id = 2;
      UPDATE people SET email = 'stale@3' WHERE id = 3; UPDATE people SET ${cell('new@3')} WHERE id = 3;
      UPDATE people SET ${cell('stale@4')} WHERE id = 4; UPDATE people SET email = 'old@4' WHERE id = 4;
      UPDATE people SET email = 'both@5', ${cell('new@5')} WHERE id = 5;
      UPDATE people SET email_encrypted = NULL WHERE id = 6;
      UPDATE people SET email = 'P7@EXAMPLE.COM' WHERE id = 7;
      UPDATE people SET ${cell('new@8')} WHERE id = 8; UPDATE people SET id = 80 WHERE id = 8;
      DELETE FROM people WHERE id = 9; INSERT INTO people(id, email) VALUES (9, 'again@9');
      INSERT OR REPLACE INTO people(id, email) VALUES (2, 'replaced@2');
      INSERT INTO people(id, email, email_encrypted) VALUES (10, 'x@10', '${token('new', 'new@10')}')`);
  });
  expect((await succeeds(scene, 'execute', ...run)).state).toBe('ready');
  const expected = {
    1: 'old@1',
    2: 'replaced@2',
    3: 'new@3',
    4: 'old@4',
    5: 'new@5',
    6: 'no cell',
    7: 'P7@EXAMPLE.COM',
    9: 'again@9',
    10: 'new@10',
    80: 'new@8',
  };
  expect(cellsOf(scene)).toEqual(Object.values(expected));
  const { code } = await scene.run('rollback', ...run);
  // NOT NULL: the value of row 6 was deleted in the new column alone.
  expect(code).toBe(3);
  scene.change((database) => {
    database.exec("UPDATE people SET email = 'filled@6' WHERE id = 6");
  });
  await succeeds(scene, 'rollback', ...run);
  expect(scene.values('SELECT email FROM people ORDER BY id')).toEqual(
    Object.values({ ...expected, 6: 'filled@6' }),
  );
});

test('marks follow a row whose key is changed by another name of the rowid', async () => {
  const scene = createPeople(3);
  await succeeds(scene, 'encrypt', ...encryption);
  scene.change((database) => {
    database.exec(`UPDATE people SET email_encrypted = '${token('new', 'new@2')}' WHERE id = 2;
      UPDATE people SET rowid = 20 WHERE id = 2; UPDATE people SET _rowid_ = 21 WHERE id = 20`);
  });
  await succeeds(scene, 'execute', ...run);
  expect(cellsOf(scene)).toEqual(['p1@example.com', 'p3@example.com', 'new@2']);
});

test.each([
  [
    'encrypt',
    ['columns expanded:1', 'chunk transcoded:4', 'before commit:9', 'after commit:10', 'pass finished:1'],
  ],
  [
    'finalize',
    ['sources frozen:1', 'cells replaced:9', 'before commit:30', 'pass finished:3', 'migration succeeded:1'],
  ],
  [
    'rollback',
    [
      'columns expanded:1',
      'cells replaced:5',
      'sources frozen:1',
      'pass finished:2',
      'migration succeeded:1',
    ],
  ],
] as const)('%s that is killed at its steps goes on, and no value is lost', async (killed, stepsToKill) => {
  const scene = createPeople(120);
  const before = dump(scene);
  const small = ['--batch-rows', '20'];
  const commands = [
    ['encrypt', [...encryption, ...small]],
    ['finalize', [...confirmed, ...small]],
    ['rollback', [...run, ...small]],
  ] as const;
  for (const [command, args] of commands) {
    for (const step of command === killed ? stepsToKill : []) {
      const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: step };
      const { signal } = await scene.runWith({ env }, command, ...args);
      expect(signal, `${command} at ${step}`).toBe('SIGKILL');
      const cell = hasCells(scene) ? 'email_encrypted' : 'NULL';
      const both = scene.query(`SELECT email, ${cell} FROM people ORDER BY id`);
      const seen = both.map(([email, sealed]) => email ?? opened('new', sealed ?? null));
      expect(seen).toEqual(Array.from({ length: 120 }, (_, person) => `p${String(person + 1)}@example.com`));
    }
    const isOver = command === killed && stepsToKill.at(-1) === 'migration succeeded:1';
    if (!isOver) await succeeds(scene, command, ...args);
  }
  expect(dump(scene)).toEqual(before);
  expect(triggersOf(scene)).toEqual([]);
});

function hasCells(scene: Scene): boolean {
  return scene.values("SELECT name FROM pragma_table_info('people')").includes('email_encrypted');
}

test('a column that the database does not let go is emptied instead', async () => {
  const scene = createPeople(20);
  const before = dump(scene);
  await succeeds(scene, 'encrypt', ...encryption);
  const refused = await scene.run('finalize', ...confirmed, '--contract', 'drop');
  expect(errorOf(refused)).toMatchObject({ code: 'KT_COLUMN_STAYS', exitCode: 2 });
  expect(scene.query('SELECT count(email) FROM people')).toEqual([[20n]]);
  expect((await succeeds(scene, 'finalize', ...confirmed)).state).toBe('succeeded');
  await succeeds(scene, 'rollback', ...run);
  expect(dump(scene)).toEqual(before);
});

test('a value that looks like a cell keeps its plaintext column from being emptied', async () => {
  const scene = createPeople(5);
  scene.change((database) => {
    database.exec(`UPDATE people SET email = '${token('third')}' WHERE id = 2`);
  });
  expect((await scene.run('encrypt', ...encryption)).code).toBe(3);
  const accepted = await scene.run('finalize', ...confirmed, '--max-quarantine', '1');
  expect(accepted.code).toBe(3);
  expect(scene.query('SELECT count(email) FROM people')).toEqual([[5n]]);
});

test('a column that is there already, a table without a key and a name twice are refused', async () => {
  const scene = createScene((database) => {
    database.exec(`CREATE TABLE keyless(name TEXT); CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT);
      INSERT INTO keyless VALUES ('x'); INSERT INTO t VALUES (1, 'a', 'b')`);
  });
  const attempt = async (column: string, into: string): Promise<string> =>
    errorOf(
      await scene.run(
        'encrypt',
        '--column',
        column,
        '--key',
        'file:new.key',
        '--format',
        'fernet',
        '--into',
        into,
        ...run,
      ),
    ).code;
  expect(await attempt('t.a', 'b')).toBe('KT_COLUMN_TAKEN');
  expect(await attempt('t.a', '{column}')).toBe('KT_COLUMN_TAKEN');
  expect(await attempt('keyless.name', 'sealed')).toBe('KT_UNWRITABLE_COLUMN');
  expect(errorOf(await scene.run('finalize', ...run))).toMatchObject({ exitCode: 17 });
  const dry = await succeeds(
    scene,
    'encrypt',
    ...['--column', 't.a', '--key', 'file:new.key', '--format', 'fernet', '--into', 'sealed', '--dry-run'],
    ...run,
  );
  expect(dry.state).toBe('rehearsed');
  expect(scene.values("SELECT name FROM pragma_table_info('t')")).toEqual(['id', 'a', 'b']);
  const status = await scene.run('status', '--json');
  expect((JSON.parse(status.stdout) as Partial<StatusResult>).state).toBeUndefined();
});

test('a plan of an encryption is executed from its file, and gone on with from the same file', async () => {
  const scene = createPeople(60);
  const { stdout } = await scene.run(
    'plan',
    ...['--encrypt', 'people.age', '--key', 'file:new.key', '--format', 'fernet', '--into', '{column}_cells'],
    ...['--output', 'plan.json', '--json'],
  );
  expect(JSON.parse(stdout)).toMatchObject({
    kind: 'encrypt',
    columns: [{ column: 'age', into: 'age_cells' }],
  });
  const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: 'columns expanded:1' };
  expect((await scene.runWith({ env }, 'execute', 'plan.json', ...run)).signal).toBe('SIGKILL');
  const { state, cells } = await succeeds(scene, 'execute', 'plan.json', ...run);
  expect({ state, rewritten: cells.rewritten }).toEqual({ state: 'ready', rewritten: 60 });
  const missing = await scene.run('plan', '--json');
  expect(errorOf(missing)).toMatchObject({ code: 'KT_USAGE', exitCode: 2 });
});
