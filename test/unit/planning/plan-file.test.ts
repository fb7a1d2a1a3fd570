import { mkdirSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashPlan } from '../../../src/lib/model/plans/plan-hash.ts';
import type { Plan } from '../../../src/lib/model/plans/plan.ts';
import { readPlanFile } from '../../../src/lib/planning/plan-files/read-plan-file.ts';
import { writePlanFile } from '../../../src/lib/planning/plan-files/write-plan-file.ts';
import { databaseOf, temporaryFolder } from './databases.ts';
import { fillFleet, fleetSecret } from './fleet.ts';
import { keyTexts } from './keys.ts';
import { madeEncryption, madePlan } from './made-plan.ts';
import { errorOf, plan } from './plans.ts';

const planPath = (): string => join(temporaryFolder(), 'plan.json');

async function writtenPlan(made: Plan = madePlan): Promise<string> {
  const path = planPath();
  await writePlanFile(made, { path, existing: 'refuse' });
  return path;
}

/** A file with a plan that somebody changed, its hash made right again or left as it was. */
async function changedPlan(
  change: (file: Record<string, unknown>) => void,
  hash: 'kept' | 'renewed',
): Promise<string> {
  const path = await writtenPlan();
  const file = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  change(file);
  if (hash === 'renewed') {
    delete file['hash'];
    file['hash'] = hashPlan(file as unknown as Plan);
  }
  writeFileSync(path, JSON.stringify(file));
  return path;
}

/** A plan as somebody may edit it. */
interface EditedPlan {
  kind: string;
  oldKey: object | null;
  newKey: { id: string };
  targets: [EditedTarget, ...EditedTarget[]];
}

interface EditedTarget {
  columns: [EditedColumn, ...EditedColumn[]];
  estimatedRows: number;
}

interface EditedColumn {
  from: object;
  to: { keyId?: string };
  into?: object;
  indexes?: object[];
}

const columnOf = (file: EditedPlan): EditedColumn => file.targets[0].columns[0];
const plaintext = { kind: 'plaintext', type: 'text', empty: 'keep', lookalikes: 'encrypt' };
const destination = { column: 'cells', type: 'TEXT', sourceType: 'TEXT', cells: 'text' };
const index = {
  normaliser: 'lower',
  version: 1,
  bits: 64,
  place: { table: 'machines', column: 'info' },
  column: 'info_bidx',
  type: 'TEXT',
  uniqueness: 'repeatable',
  keyId: '00000000',
};

function firstTarget(file: Record<string, unknown>): object {
  return (file['targets'] as object[])[0] ?? {};
}

describe('writing', () => {
  test('a plan comes back as it was written, readable for its owner alone', async () => {
    const path = await writtenPlan();
    expect(await readPlanFile(path)).toEqual(madePlan);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    // Saved by an editor that begins files so; it used to be called cut off.
    writeFileSync(path, `\uFEFF${readFileSync(path, 'utf8').replaceAll('\n', '\r\n')}`);
    expect(await readPlanFile(path)).toEqual(madePlan);
    writeFileSync(path, Buffer.from(`\uFEFF${readFileSync(path, 'utf8')}`, 'utf16le'));
    const error = await errorOf(readPlanFile(path));
    expect(error).toMatchObject({ code: 'KT_PLAN_UNREADABLE', exitCode: 2 });
    expect(error.message).toContain('is written in UTF-16');
    expect(error.hints.join()).toContain(`iconv -f UTF-16 -t UTF-8 ${path}`);
  });

  test('a real plan comes back as it was made and holds neither key nor plaintext', async () => {
    const { plan: made } = await plan(await databaseOf(fillFleet));
    const path = await writtenPlan(made);
    expect(await readPlanFile(path)).toEqual(made);
    const content = readFileSync(path, 'utf8');
    for (const secret of [...keyTexts, fleetSecret, 'gAAAA']) expect(content).not.toContain(secret);
  });

  test('a file that is there already is refused and stays as it is', async () => {
    const path = planPath();
    writeFileSync(path, 'mine');
    const error = await errorOf(writePlanFile(madePlan, { path, existing: 'refuse' }));
    expect(error).toMatchObject({ code: 'KT_PLAN_EXISTS', exitCode: 2 });
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  test('a plan that is to be replaced is replaced, also one that was cut off, and nothing else is left behind', async () => {
    const path = await writtenPlan();
    for (const kept of [statSync(path).size, 30, 0]) {
      truncateSync(path, kept);
      await writePlanFile(madePlan, { path, existing: 'replace' });
      expect(await readPlanFile(path)).toEqual(madePlan);
      expect(readdirSync(dirname(path))).toEqual(['plan.json']);
    }
  });

  // --overwrite once replaced whatever it was pointed at, and an error about a file that is no plan advised to do so.
  test.each([
    'kT3Zq-a-key-as-text',
    'SQLite format 3\u0000',
    'server:\n  db_encryption_key: "x"\n',
    '{"a":1}',
  ])('a file that is no plan is never replaced, and no hint advises it: %j', async (content) => {
    const path = planPath();
    writeFileSync(path, content);
    const error = await errorOf(writePlanFile(madePlan, { path, existing: 'replace' }));
    expect(error).toMatchObject({ code: 'KT_PLAN_EXISTS', exitCode: 2 });
    expect(readFileSync(path, 'utf8')).toBe(content);
    for (const one of [error, await errorOf(readPlanFile(path))]) {
      expect(one.hints.join()).not.toContain('--overwrite');
    }
  });

  test('a folder that does not exist is a usage error', async () => {
    const error = await errorOf(
      writePlanFile(madePlan, { path: join(temporaryFolder(), 'no', 'plan.json'), existing: 'refuse' }),
    );
    expect(error).toMatchObject({ code: 'KT_PLAN_NOT_WRITTEN', exitCode: 2 });
  });
});

describe('reading', () => {
  test.each<[string, (file: Record<string, unknown>) => void, RegExp]>([
    ['an unknown field', (file) => (file['force'] = true), /has a field "force" at its top level/u],
    [
      'an unknown field deep inside',
      (file) => Object.assign(firstTarget(file), { where: '1=1' }),
      /has a field "where" at "targets\.0"/u,
    ],
    ['a wrong type', (file) => (file['targets'] = {}), /at "targets", something/u],
    ['a wrong value', (file) => (file['timestamps'] = 'lose'), /at "timestamps", something/u],
    ['a missing field', (file) => delete file['newKey'], /at "newKey", something/u],
    ['no target', (file) => (file['targets'] = []), /at "targets", something/u],
    ['an older layout', (file) => (file['planVersion'] = 0), /at "planVersion", something/u],
  ])('%s is refused, even with a fitting hash', async (_, change, message) => {
    const path = await changedPlan(change, 'renewed');
    const error = await errorOf(readPlanFile(path));
    expect(error).toMatchObject({ code: 'KT_PLAN_REFUSED', exitCode: 13 });
    expect(error.message).toMatch(message);
    expect(error.hints).toEqual([`keyturn plan --output ${path} --overwrite`]);
  });

  // Each of them once began a run: as an unexpected error, under a wrong name, or on the same cells twice.
  test.each<[string, (file: EditedPlan) => void, RegExp]>([
    ['a table twice', ({ targets }) => targets.push(targets[0]), /machines stands in it twice/u],
    [
      'a column twice',
      ({ targets: [one] }) => one.columns.push(one.columns[0]),
      /machines\.info stands in it twice/u,
    ],
    [
      'a column that goes into itself',
      (file) => (columnOf(file).into = { ...destination, column: 'info' }),
      /twice/u,
    ],
    [
      'two columns that go into one',
      ({ targets: [one] }) => {
        one.columns.forEach((column) => (column.into = destination));
      },
      /cells stands in it twice/u,
    ],
    [
      'plaintext in a rotation',
      (file) => (columnOf(file).from = plaintext),
      /machines\.info is not what a plan of the kind "rotate"/u,
    ],
    [
      'plaintext before and after',
      (file) => Object.assign(columnOf(file), { from: plaintext, to: plaintext }),
      /kind "rotate"/u,
    ],
    ['another kind', (file) => (file.kind = 'encrypt'), /kind "encrypt"/u],
    [
      'a column under a third key',
      (file) => (columnOf(file).to.keyId = '00000000'),
      /under a key that the plan does not have/u,
    ],
    ['a missing key', (file) => (file.oldKey = null), /under a key that the plan does not have/u],
    [
      'a key under another name',
      ({ newKey }) => (newKey.id = '00000000'),
      /key 00000000 has the check value of another one/u,
    ],
    ['an index under no key', (file) => (columnOf(file).indexes = [index]), /has a blind index under a key/u],
    [
      'a negative number of rows',
      ({ targets: [one] }) => (one.estimatedRows = -1),
      /at "targets\.0\.estimatedRows"/u,
    ],
  ])('what contradicts itself is refused, even with a fitting hash: %s', async (_, change, message) => {
    const path = await changedPlan(change as unknown as (file: Record<string, unknown>) => void, 'renewed');
    const error = await errorOf(readPlanFile(path));
    expect(error).toMatchObject({ code: 'KT_PLAN_REFUSED', exitCode: 13 });
    expect(error.message).toMatch(message);
  });

  // JSON.parse keeps the last of two, and the hash with it; whoever approved the file may have read the first.
  test('a field that stands in it twice is refused, at any depth', async () => {
    for (const [field, twice] of [
      ['"timestamps": "renew"', '"timestamps": "keep", "timestamps": "renew"'],
      ['"rows": 12', '"rows" : 1,\n"rows": 12'],
    ] as const) {
      const path = await writtenPlan();
      writeFileSync(path, readFileSync(path, 'utf8').replace(field, twice));
      const error = await errorOf(readPlanFile(path));
      expect(error).toMatchObject({ code: 'KT_PLAN_REFUSED', exitCode: 13 });
      expect(error.message).toMatch(/a field stands in it twice$/u);
    }
  });

  test('names that look like fields, and encryptions, are none of that', async () => {
    const odd = { ...madeEncryption, madeBy: '"a": \\"b": {"c"' };
    expect(await readPlanFile(await writtenPlan(odd))).toEqual(odd);
  });

  test.each<[string, (file: Record<string, unknown>) => void]>([
    ['another table', (file) => Object.assign(firstTarget(file), { table: 'users' })],
    ['another number', (file) => ((file['estimate'] as Record<string, unknown>)['rows'] = 13)],
    ['another hash', (file) => (file['hash'] = '0'.repeat(64))],
    ['text that is no Unicode', (file) => (file['madeBy'] = '\ud800')],
  ])('an edit is noticed by its hash: %s', async (_, change) => {
    const error = await errorOf(readPlanFile(await changedPlan(change, 'kept')));
    expect(error).toMatchObject({ code: 'KT_PLAN_REFUSED', exitCode: 13 });
    expect(error.message).toMatch(/was changed after keyturn wrote it/u);
  });

  test('another order of fields and other white space are no edit', async () => {
    const path = await writtenPlan();
    const file = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify(Object.fromEntries(Object.entries(file).reverse())));
    expect(await readPlanFile(path)).toEqual(madePlan);
  });

  test('a plan of a newer keyturn is refused, whatever else is in it', async () => {
    const path = await changedPlan((file) => {
      file['planVersion'] = 2;
      file['phases'] = [];
    }, 'renewed');
    const error = await errorOf(readPlanFile(path));
    expect(error).toMatchObject({ code: 'KT_PLAN_NEWER', exitCode: 13 });
    expect(error.message).toContain('version 2, this one knows 1');
  });

  test('a file that was cut off anywhere is refused', async () => {
    const path = await writtenPlan();
    const { size } = statSync(path);
    for (let kept = size - 2; kept > 0; kept -= 97) {
      truncateSync(path, kept);
      expect(await errorOf(readPlanFile(path))).toMatchObject({ code: 'KT_PLAN_REFUSED', exitCode: 13 });
    }
  });

  test.each([
    ['', /is empty$/u],
    ['SQLite format 3\u0000', /is no plan/u],
    ['[]', /is no plan/u],
    ['null', /is no plan/u],
  ])('a file that is something else is refused: %j', async (content, message) => {
    const path = planPath();
    writeFileSync(path, content);
    const error = await errorOf(readPlanFile(path));
    expect(error).toMatchObject({ exitCode: 13 });
    expect(error.message).toMatch(message);
  });

  test('what a file of secrets holds is not repeated', async () => {
    const secret = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=';
    const contents = [
      secret,
      JSON.stringify(secret),
      JSON.stringify({ [secret]: secret }),
      `{"key": ${secret}`,
    ];
    for (const content of contents) {
      const path = planPath();
      writeFileSync(path, content);
      const error = await errorOf(readPlanFile(path));
      expect(error.exitCode).toBe(13);
      expect(JSON.stringify([error.message, error.hints, String(error.cause), error.stack])).not.toContain(
        'cw_0x',
      );
    }
  });

  test('a missing file and a folder are usage errors that name the next command', async () => {
    const folder = temporaryFolder();
    const missing = join(folder, 'none.json');
    mkdirSync(join(folder, 'folder'));
    for (const [path, why] of [
      [missing, 'there is no such file'],
      [join(folder, 'folder'), 'it is not a file'],
    ] as const) {
      const error = await errorOf(readPlanFile(path));
      expect(error).toMatchObject({ code: 'KT_PLAN_UNREADABLE', exitCode: 2 });
      expect(error.message).toBe(`cannot read the plan "${path}": ${why}`);
      expect(error.hints).toEqual([`ls -l ${path}`, 'keyturn plan --output FILE']);
    }
  });
});
