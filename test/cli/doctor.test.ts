import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, linkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DoctorResult } from '../../src/lib/cli/results/doctor-result.ts';
import { checks } from '../../src/lib/doctor/registry.ts';
import { bytesOf } from '../support/database-content.ts';
import { createScene, rotationKeys, tableOf, token, type Scene } from '../support/scene.ts';

type Finding = DoctorResult['findings'][number];

async function examine(
  scene: Scene,
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly result: DoctorResult }> {
  const { code, stdout } = await scene.run('doctor', '--json', ...args);
  return { code, result: JSON.parse(stdout) as DoctorResult };
}

function encrypted(): Scene {
  const scene = createScene(tableOf(token('old'), token('old'), null));
  chmodSync(scene.path, 0o600);
  return scene;
}

function of(result: DoctorResult, check: string): readonly Finding[] {
  return result.findings.filter((finding) => finding.check === check);
}

test('all is well: exit 0, one line a check, and not a byte is changed', async () => {
  const scene = encrypted();
  // The database of something else counted as an old copy, and a pipe was waited for.
  copyFileSync(scene.path, join(scene.folder, 'fleets.db'));
  execFileSync('bash', ['-c', 'mkfifo "$0"', join(scene.folder, 'fleet.pipe')]);
  const before = bytesOf(scene.path);
  const { code, result } = await examine(scene, ...rotationKeys);
  expect({ code, bad: result.findings.filter(({ verdict }) => verdict !== 'ok') }).toEqual({
    code: 0,
    bad: [],
  });
  expect([...new Set(result.findings.map(({ check }) => check))].sort()).toEqual(
    checks
      .filter(({ databases }) => databases.includes('sqlite'))
      .map(({ name }) => name)
      .sort(),
  );
  expect(of(result, 'key sample')[0]?.message).toBe('2 sampled cells open');
  expect(await scene.run('doctor', ...rotationKeys, '--quiet')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: '',
  });
  expect(bytesOf(scene.path)).toBe(before);
});

/** What is wrong, how it comes about, and what doctor has to say. */
const troubles: readonly {
  readonly what: string;
  readonly arrange: (scene: Scene) => readonly string[];
  readonly check: string;
  readonly verdict: Finding['verdict'];
  readonly fix: RegExp;
}[] = [
  {
    what: 'a database that every user can read',
    arrange: ({ path }) => (chmodSync(path, 0o644), []),
    check: 'file modes',
    verdict: 'warn',
    fix: /^chmod o= /,
  },
  {
    what: 'a database that every user can change',
    arrange: ({ path }) => (chmodSync(path, 0o666), []),
    check: 'file modes',
    verdict: 'fail',
    fix: /^chmod o= /,
  },
  {
    what: 'a folder in which every user can replace it',
    arrange: ({ folder }) => (chmodSync(folder, 0o777), []),
    check: 'file modes',
    verdict: 'fail',
    fix: /^chmod o-w /,
  },
  {
    what: 'a database under two names',
    arrange: ({ path, folder }) => (linkSync(path, join(folder, 'twin')), []),
    check: 'hard links',
    verdict: 'fail',
    fix: /-samefile/,
  },
  {
    what: 'a copy beside it that every user can read',
    arrange: ({ path }) => (copyFileSync(path, `${path}.bak`), chmodSync(`${path}.bak`, 0o644), []),
    check: 'old backups',
    verdict: 'fail',
    fix: /^chmod 600 /,
  },
  {
    what: 'a journal that was left behind',
    arrange: ({ path }) => (writeFileSync(`${path}-journal`, ''), chmodSync(`${path}-journal`, 0o600), []),
    check: 'journal',
    verdict: 'warn',
    fix: /--recover/,
  },
  {
    what: 'a key that opens nothing',
    arrange: () => ['--old-key', 'file:third.key'],
    check: 'key sample',
    verdict: 'fail',
    fix: /keys inspect/,
  },
  {
    what: 'a key that is not there',
    arrange: () => ['--old-key', 'env:KEYTURN_TEST_NONE'],
    check: 'keys',
    verdict: 'fail',
    fix: /^export /,
  },
  {
    what: 'a database key that is the payload key as well',
    arrange: () => ['--old-key', 'file:old.key', '--payload-key', 'file:old.key'],
    check: 'separate keys',
    verdict: 'fail',
    fix: /^keyturn keys generate/,
  },
];

describe.each(troubles)('$what', ({ arrange, check, verdict, fix }) => {
  test(`is a ${verdict} of "${check}" with the fix`, async () => {
    const scene = encrypted();
    const { code, result } = await examine(scene, ...arrange(scene));
    expect(code).toBe(verdict === 'fail' ? 14 : 0);
    const found = of(result, check).find((finding) => finding.verdict === verdict);
    expect(found?.fix).toMatch(fix);
  });
});

test('a file that is no database is a finding; one that is missing is exit 15', async () => {
  const scene = encrypted();
  writeFileSync(scene.path, 'not a database, but long enough to have a header of its own '.repeat(20));
  const { code, result } = await examine(scene);
  expect({ code, verdict: of(result, 'database')[0]?.verdict }).toEqual({ code: 14, verdict: 'fail' });
  expect((await scene.run('doctor', '--database', 'none.db', '--json')).code).toBe(2);
});

test('people read the verdict first, then one line a finding with its fix below', async () => {
  const scene = encrypted();
  chmodSync(scene.path, 0o644);
  const { stdout } = await scene.run('doctor', ...rotationKeys);
  expect(stdout).toMatch(/fleet\.db: nothing failed, 1 warning\n/);
  expect(stdout).toMatch(/\nwarn {2}file modes +every user can read ".*fleet\.db"\n +fix: chmod o= /);
});

test('guards that were left behind and kept cells are listed with the command that removes them', async () => {
  const scene = encrypted();
  const linesOf = async (check: string): Promise<readonly string[]> =>
    of((await examine(scene)).result, check).map((one) => `${one.verdict}: ${one.message}: ${one.fix ?? ''}`);
  expect((await scene.rotate('--keep-undo')).code).toBe(0);
  expect((await scene.run('guard', 'enforce', '--yes')).code).toBe(0);
  expect(await linesOf('write guards')).toEqual([
    'ok: t.cell is guarded (enforce), until "keyturn guard off": ',
  ]);
  expect((await linesOf('kept cells')).join()).toMatch(/^warn: 2 old cells are kept.*: keyturn undo drop/);

  scene.change((database) => {
    database.exec('CREATE TABLE kept AS SELECT * FROM t; DROP TABLE t; ALTER TABLE kept RENAME TO t');
    database.exec('CREATE TRIGGER keyturn_guard_99_insert BEFORE INSERT ON t BEGIN SELECT 1; END');
  });
  expect(await linesOf('write guards')).toEqual([
    'warn: the guard of t.cell has lost its triggers: keyturn guard off --database sqlite:fleet.db',
  ]);
  expect(await linesOf('left triggers')).toEqual([
    'warn: triggers keyturn_guard_99_... on "t" are of a write guard that the ledger does not know: DROP TRIGGER "keyturn_guard_99_insert";   -- in SQL',
  ]);

  expect((await scene.run('guard', 'off')).code).toBe(0);
  expect((await scene.run('undo drop', '--yes')).code).toBe(0);
  expect(await linesOf('kept cells')).toEqual(['ok: no old cell is kept for a rollback: ']);
});

test('triggers that a dropped ledger left behind are listed with the statements that remove them', async () => {
  const scene = createScene(tableOf('a', 'b'));
  const encrypted = await scene.run(
    'encrypt',
    '--column',
    't.cell',
    '--key',
    'file:new.key',
    '--into',
    '{column}_cells',
    '--yes',
  );
  expect(encrypted.code, encrypted.stderr).toBe(0);
  expect(of((await examine(scene)).result, 'left triggers')).toMatchObject([{ verdict: 'ok' }]);
  scene.change((database) => {
    database.pragma('foreign_keys = OFF');
    const tables = database
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'keyturn_*'")
      .pluck()
      .all();
    for (const table of tables) database.exec(`DROP TABLE ${table}`);
  });
  const insert = (): void => {
    scene.change((database) => database.exec("INSERT INTO t(cell) VALUES ('c')"));
  };
  expect(insert).toThrow('keyturn_');
  const { code, result } = await examine(scene);
  const [left, ...others] = of(result, 'left triggers');
  expect([code, left?.verdict, others]).toEqual([14, 'fail', []]);
  expect(left?.message).toMatch(
    /^triggers keyturn_pair_1_\.\.\. on "t" are of a pair of columns, and the ledger is gone/,
  );
  scene.change((database) => database.exec(left?.fix ?? ''));
  insert();
  expect(of((await examine(scene)).result, 'left triggers')).toMatchObject([{ verdict: 'ok' }]);
});
