import { expect, test } from 'vitest';
import type { PlanResult } from '../../src/lib/cli/results/plan-result.ts';
import { createScene, errorOf, type Scene } from '../support/scene.ts';
import { succeeds } from '../support/succeeds.ts';

const schema = `
  CREATE TABLE people(
    id INTEGER PRIMARY KEY, email TEXT CHECK (email <> ''), kind TEXT CHECK (kind IN ('email', 'phone')),
    domain TEXT GENERATED ALWAYS AS (substr(email, instr(email, '@') + 1)) STORED,
    CONSTRAINT spoken CHECK (email IS NOT NULL OR kind IS NULL));
  CREATE INDEX by_email ON people(email);
  CREATE UNIQUE INDEX by_lower ON people(lower(email)) WHERE email <> 'nobody';
  CREATE INDEX by_kind ON people(kind);
  CREATE UNIQUE INDEX referred ON people(email);
  CREATE TABLE letters(id INTEGER PRIMARY KEY, email TEXT REFERENCES people(email), sent TEXT);
  CREATE TABLE log(what TEXT);
  CREATE VIEW addresses AS SELECT id, email FROM people;
  CREATE VIEW kinds AS SELECT id, kind FROM people;
  CREATE VIEW sent AS SELECT email FROM letters;
  CREATE TRIGGER logged AFTER DELETE ON people BEGIN INSERT INTO log VALUES (old.email); END;
  CREATE TRIGGER untouched AFTER DELETE ON people BEGIN INSERT INTO log VALUES (old.kind); END;
  INSERT INTO people(email, kind) VALUES ('one@example.com', 'email'), ('two@example.com', 'phone')`;

const run = ['--yes', '--json', '--progress', 'none', '--no-backup'] as const;
const drop = [...run, '--contract', 'drop', '--confirm', 'people.email'];
const encryption = ['--key', 'file:new.key', '--into', 'sealed'];

function content(scene: Scene): readonly unknown[] {
  return [
    scene.query(
      "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE '%keyturn%' ORDER BY type, name",
    ),
    scene.query('SELECT * FROM people'),
  ];
}

test('whatever is made of a column is named in the plan, and before the column is dropped, and nothing has changed by then', async () => {
  const scene = createScene((database) => database.exec(schema));
  const before = content(scene);
  const planned = await scene.run('plan', '--encrypt', 'people.email', ...encryption, '--json');
  const { notes } = JSON.parse(planned.stdout) as PlanResult;
  expect(notes.map(({ kind, name, whenDropped }) => `${kind} ${name} ${String(whenDropped)}`).sort()).toEqual(
    [
      'check email goes along',
      'check spoken keeps it',
      'foreign key of letters keeps it',
      'generated column domain keeps it',
      'index by_email goes along',
      'trigger logged keeps it',
      'unique by_lower goes along',
      'unique referred goes along',
      'view addresses keeps it',
    ],
  );
  expect(notes.every(({ advice }) => advice !== undefined)).toBe(true);
  const advised = ['--blind-index', 'people.email:exact,unique', '--index-key', 'file:third.key'];
  const inPlace = await scene.run('plan', '--encrypt', 'people.email', ...encryption.slice(0, 2), '--json');
  const noted = (JSON.parse(inPlace.stdout) as PlanResult).notes;
  expect(noted.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual(
    notes.map(({ kind, name }) => `${kind} ${name}`).sort(),
  );
  expect(noted.find(({ name }) => name === 'referred')).toMatchObject({
    consequence: 'equal values have different cells: it keeps nothing apart any more',
    advice: expect.stringContaining(advised.slice(0, 2).join(' ')) as unknown,
  });
  expect(noted.find(({ name }) => name === 'by_lower')?.advice).toContain('people.email:lower,unique');
  const held = await scene.run('plan', '--encrypt', 'people.email', ...encryption, ...advised, '--json');
  expect((JSON.parse(held.stdout) as PlanResult).notes.find(({ name }) => name === 'referred')?.advice).toBe(
    'the unique blind index "email_bidx" keeps equal values apart',
  );
  const shown = await scene.run('plan', '--encrypt', 'people.email', ...encryption);
  expect(shown.stdout).toContain('goes into');
  expect(shown.stdout).toContain('view addresses (table people): it shows NULL once the plaintext is gone');

  await succeeds(scene, 'encrypt', '--column', 'people.email', ...encryption, ...run);
  const expanded = content(scene);
  const refused = errorOf(await scene.run('finalize', ...drop));
  expect(refused).toMatchObject({ code: 'KT_COLUMN_STAYS', exitCode: 2 });
  expect(refused.message).toContain('view addresses');
  expect(refused.message).not.toContain('by_email');
  expect(refused.hints.join()).toContain('make it anew over the new column');
  expect(content(scene)).toEqual(expanded);
  await succeeds(scene, 'rollback', ...run);
  expect(content(scene)).toEqual(before);
});

test('a view that is made while a column is being dropped keeps it, and its indexes, until it is gone', async () => {
  const scene = createScene((database) => {
    database.exec(`CREATE TABLE people(id INTEGER PRIMARY KEY, email TEXT NOT NULL);
      CREATE INDEX by_email ON people(email); INSERT INTO people(email) VALUES ('one@example.com')`);
  });
  const before = content(scene);
  await succeeds(scene, 'encrypt', '--column', 'people.email', ...encryption, ...run);
  const stop = { step: 'sources frozen', occurrence: 1, signal: 'SIGSTOP' } as const;
  const finalizing = scene.start(['finalize', ...drop], [stop]);
  await finalizing.standsStill();
  scene.change((database) => database.exec('CREATE VIEW addresses AS SELECT email FROM people'));
  finalizing.signal('SIGCONT');
  expect((await finalizing.ended).json).toMatchObject({ error: { code: 'KT_COLUMN_STAYS' } });
  expect(scene.values("SELECT name FROM sqlite_schema WHERE name = 'by_email'")).toEqual(['by_email']);
  scene.change((database) => database.exec('DROP VIEW addresses'));
  await succeeds(scene, 'finalize', ...drop);
  expect(scene.values("SELECT name FROM pragma_table_info('people')")).toEqual(['id', 'sealed']);
  await succeeds(scene, 'rollback', ...run);
  expect(content(scene)).toEqual(before);
});
