import { describe, expect, test } from 'vitest';
import { databaseOf } from './databases.ts';
import { fillFleet, fleetCell, fleetColumns, fleetSecret } from './fleet.ts';
import { damaged, keys, keyTexts, plannedKey, token } from './keys.ts';
import { columnsOf, errorOf, plan } from './plans.ts';

describe('finding encrypted columns by content', () => {
  test('all encrypted columns of the fleet server are planned, also the two tables its manual leaves out', async () => {
    const outcome = await plan(await databaseOf(fillFleet));
    expect(outcome.kind).toBe('plan');
    expect(columnsOf(outcome)).toEqual(fleetColumns);
    expect(outcome.plan.excluded).toEqual([]);
    expect(outcome.warnings).toEqual([]);
  });

  test('a plan names database, keys, formats, rows and schema', async () => {
    const database = await databaseOf(fillFleet);
    const { plan: made } = await plan(database);
    expect(made).toMatchObject({
      planVersion: 1,
      madeBy: 'keyturn test',
      kind: 'rotate',
      database: database.identity,
      oldKey: plannedKey('old'),
      newKey: plannedKey('new'),
      timestamps: 'keep',
      obstacles: [],
    });
    const [, commands] = made.targets;
    expect(commands).toMatchObject({
      table: 'commands',
      estimatedRows: 5,
      columns: [
        {
          name: 'params_json_encrypted',
          from: { kind: 'encrypted', format: 'fernet', keyId: keys.old.id },
          to: { kind: 'encrypted', format: 'fernet', keyId: keys.new.id },
          unrecognised: 'quarantine',
        },
        { name: 'result_json_encrypted' },
      ],
    });
    expect(commands?.fingerprint).toMatch(/^[0-9a-f]{64}$/u);
  });

  test('the counts of a column tell old, new, null, empty, unknown and plaintext apart', async () => {
    const database = await databaseOf((file) => {
      file.exec('CREATE TABLE mixed(cell)');
      const values = [
        token('old'),
        token('old'),
        token('new'),
        null,
        '',
        Buffer.alloc(0),
        token('third'),
        damaged(token('old')),
      ];
      const plain = ['text', ' ', 7, 7.5, Buffer.from('bytes')];
      for (const value of [...values, ...plain]) file.prepare('INSERT INTO mixed VALUES (?)').run(value);
    });
    const { inspections } = await plan(database);
    expect(inspections[0]?.columns[0]?.cells).toEqual({
      old: 2,
      new: 1,
      null: 1,
      empty: 2,
      unknown: 2,
      displaced: 0,
      plaintext: 5,
    });
  });

  test('a mixed column is planned with a warning that says what becomes of the rest', async () => {
    const database = await databaseOf((file) => {
      file.exec("CREATE TABLE notes(text); INSERT INTO notes VALUES ('plain'), ('plainer')");
      file.prepare('INSERT INTO notes VALUES (?)').run(token('old'));
    });
    const strict = await plan(database);
    expect(columnsOf(strict)).toEqual(['notes.text']);
    expect(strict.warnings).toEqual([
      'notes.text: 2 of the 3 cells inspected are not encrypted: a run quarantines such values (--repair-plaintext encrypts them, --unrecognised leave lets them be)',
    ]);
    const lenient = await plan(database, { unrecognised: 'leave' });
    expect(lenient.plan.targets[0]?.columns[0]?.unrecognised).toBe('leave');
    expect(lenient.warnings).toEqual([
      'notes.text: 2 of the 3 cells inspected are not encrypted: a run leaves such values as they are (--unrecognised quarantine lists them instead)',
    ]);
  });

  // One stray token in a million notes used to put all the others into quarantine, and to fail the rotation.
  test.each([
    { plain: 19, stray: 2, unrecognised: 'quarantine' },
    { plain: 20, stray: 2, unrecognised: 'leave' },
    { plain: 40, stray: 0, unrecognised: 'quarantine' },
  ] as const)('beside $stray cells, $plain values that are none: $unrecognised', async (column) => {
    const database = await databaseOf((file) => {
      file.exec('CREATE TABLE notes(text)');
      for (let row = 0; row < column.plain; row += 1) file.exec("INSERT INTO notes VALUES ('a note')");
      for (let row = 0; row < column.stray; row += 1) {
        file.prepare('INSERT INTO notes VALUES (?)').run(token('old'));
      }
    });
    const columns = ['notes.text'];
    const outcome = await plan(database, { columns, unrecognised: undefined });
    expect(outcome.plan.targets[0]?.columns[0]?.unrecognised).toBe(column.unrecognised);
    const asked = await plan(database, { columns, unrecognised: 'quarantine' });
    expect(asked.plan.targets[0]?.columns[0]?.unrecognised).toBe('quarantine');
  });

  test("another system's tokens, which are plaintext to us, are left out and listed", async () => {
    const database = await databaseOf((file) => {
      fillFleet(file);
      file.exec('CREATE TABLE sessions(token TEXT)');
      file.prepare('INSERT INTO sessions VALUES (?)').run(token('third'));
    });
    const outcome = await plan(database);
    expect(columnsOf(outcome)).toEqual(fleetColumns);
    expect(outcome.plan.excluded).toEqual([
      {
        table: 'sessions',
        column: 'token',
        reason: 'under a key that is neither the old nor the new one',
        opensUnder: 'neither',
      },
    ]);
    expect(outcome.warnings).toEqual([expect.stringContaining('sessions.token looks encrypted')]);
  });

  test('a cell that is encrypted twice is planned with a warning', async () => {
    const database = await databaseOf((file) => {
      file.exec('CREATE TABLE twice(cell)');
      file.prepare('INSERT INTO twice VALUES (?), (?)').run(token('old', token('old')), token('old'));
    });
    const { warnings } = await plan(database);
    expect(warnings).toEqual([
      expect.stringMatching(/^twice\.cell: 1 of the 2 cells inspected is encrypted twice/u),
    ]);
  });

  test('a token in quotes opens, and the warning says that the quotes will be lost', async () => {
    const database = await databaseOf((file) => {
      file.exec('CREATE TABLE quoted(cell)');
      file.prepare('INSERT INTO quoted VALUES (?), (?)').run(`"${token('old')}"`, token('old'));
    });
    const { warnings } = await plan(database);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^quoted\.cell: 1 of the 2 .* other characters around or within it: .* will not have these$/u,
      ),
    ]);
  });

  test('already new cells count as part of the plan', async () => {
    const database = await databaseOf((file) => {
      file.exec('CREATE TABLE done(cell); CREATE TABLE open(cell)');
      file.prepare('INSERT INTO done VALUES (?)').run(token('new'));
      file.prepare('INSERT INTO open VALUES (?)').run(token('old'));
    });
    const outcome = await plan(database);
    expect(outcome.kind).toBe('plan');
    expect(columnsOf(outcome)).toEqual(['done.cell', 'open.cell']);
  });

  test('where everything opens under the new key, a plan is only suspected to be unnecessary', async () => {
    const outcome = await plan(
      await databaseOf((file) => {
        fillFleet(file, 'new');
      }),
    );
    expect(outcome).toMatchObject({ kind: 'already', keyId: keys.new.id });
    expect(columnsOf(outcome)).toEqual(fleetColumns);
  });

  test('a sample of a large table reaches its middle', async () => {
    const database = await databaseOf((file) => {
      file.exec(`CREATE TABLE large(id INTEGER PRIMARY KEY, cell);
        WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000)
        INSERT INTO large SELECT n, NULL FROM numbers`);
      file.prepare('UPDATE large SET cell = ? WHERE id BETWEEN 8000 AND 12000').run(token('old'));
    });
    const { plan: made, inspections } = await plan(database);
    expect(made.targets).toMatchObject([{ table: 'large', estimatedRows: 20000 }]);
    expect(inspections[0]?.sampledRows).toBeLessThan(1100);
    expect(made.estimate.cells).toBeGreaterThan(3000);
    expect(made.estimate.cells).toBeLessThan(5500);
  });
});

describe('what a plan says about effort', () => {
  test('rows, cells, bytes and disk are estimated', async () => {
    const { estimate } = (await plan(await databaseOf(fillFleet))).plan;
    expect(estimate).toMatchObject({ rows: 32, cells: 37 });
    expect(estimate.bytes).toBe(37 * fleetCell().length);
    expect(estimate.seconds).toBeGreaterThan(0);
    expect(estimate.seconds).toBeLessThan(60);
    expect(estimate.backupBytes).toBeGreaterThan(4096);
    expect(estimate.logBytes).toBeLessThanOrEqual(estimate.backupBytes);
    expect(estimate.freeBytes).toBeGreaterThan(0);
  });
});

test('neither plan nor warnings nor errors hold a key or a plaintext', async () => {
  const database = await databaseOf(fillFleet);
  const outcome = await plan(database);
  const wrong = await errorOf(
    plan(
      await databaseOf((file) => {
        fillFleet(file, 'third');
      }),
    ),
  );
  const everything = JSON.stringify([outcome.plan, outcome.warnings, wrong.message, wrong.hints]);
  for (const secret of [...keyTexts, fleetSecret]) expect(everything).not.toContain(secret);
});

test('inspecting changes nothing and stops when it is told to', async () => {
  const database = await databaseOf(fillFleet);
  const stop = AbortSignal.abort(new Error('stopped'));
  expect((await errorOf(plan(database, { signal: stop }))).message).toBe('stopped');
});
