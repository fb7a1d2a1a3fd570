import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PlanResult } from '../../src/lib/cli/results/plan-result.ts';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import type { StatusResult } from '../../src/lib/cli/results/status-result.ts';
import { createScene, errorOf, type Scene } from '../support/scene.ts';

const run = ['--yes', '--json', '--progress', 'none', '--no-backup'] as const;

function createPeople(): Scene {
  return createScene((database) => {
    database.exec('CREATE TABLE people(id INTEGER PRIMARY KEY, email TEXT, phone TEXT, tax TEXT)');
    const insert = database.prepare('INSERT INTO people(email, phone, tax) VALUES (?, ?, ?)');
    for (let person = 0; person < 40; person += 1) {
      const email = person % 20 === 0 ? 'nobody at home' : `p${String(person)}@Example.com`;
      insert.run(email, `+39 347 12345${String(person + 10)}`, 'RSSMRA80A01H501U');
    }
  });
}

const columns = ['people.email', 'people.phone', 'people.tax'].flatMap((name) => ['--column', name]);
const types = [
  '--as',
  'people.email=email',
  '--as',
  'people.phone=phone,last-four',
  '--as',
  'people.tax=tax-id',
];
const keys = ['--key', 'file:new.key', '--index-key', 'file:old.key'];

test('what columns hold is in the plan, in what the plan warns of, in their blind indexes, and in the status', async () => {
  const scene = createPeople();
  const encrypt = ['--encrypt', 'people.email', '--encrypt', 'people.phone', '--encrypt', 'people.tax'];
  const planned = await scene.run('plan', ...encrypt, ...types, ...keys, '--json');
  const plan = JSON.parse(planned.stdout) as PlanResult;
  expect(plan.columns.map(({ column, fieldType, sensitivity }) => [column, fieldType, sensitivity])).toEqual([
    ['email', 'email', 'medium'],
    ['phone', 'phone', 'medium'],
    ['tax', 'tax_id', 'high'],
  ]);
  expect(plan.warnings).toEqual([
    'people.email: 2 of 40 values inspected do not look like email; they are encrypted all the same',
  ]);
  expect(planned.stdout).not.toContain('nobody at home');
  expect(plan.next.join()).toContain('--as people.tax=tax_id');
  const shown = await scene.run('plan', ...encrypt, ...types, ...keys);
  expect(shown.stdout).toContain('people.tax: tax_id, sensitivity high');

  const { code, stdout, stderr } = await scene.run('encrypt', ...columns, ...types, ...keys, ...run);
  expect(code, stderr).toBe(0);
  expect((JSON.parse(stdout) as RunResult).state).toBe('succeeded');
  expect(scene.values('SELECT normaliser FROM keyturn_index ORDER BY normaliser')).toEqual([
    'digits',
    'last-four',
    'lower',
    'lower',
  ]);
  const status = JSON.parse((await scene.run('status', '--json')).stdout) as StatusResult;
  expect(status.fields[2]).toEqual({
    table: 'people',
    column: 'tax',
    fieldType: 'tax_id',
    sensitivity: 'high',
  });
});

test('a field type that is none is refused with those there are', async () => {
  const scene = createPeople();
  const attempt = async (...as: readonly string[]): Promise<{ code: string; message: string }> =>
    errorOf(await scene.run('encrypt', ...columns, ...keys, ...run, ...as.flatMap((one) => ['--as', one])));
  expect(await attempt('people.email=emial')).toMatchObject({
    code: 'KT_FIELD_TYPE',
    message: expect.stringContaining('did you mean "email"') as string,
  });
  expect((await attempt('people.email')).code).toBe('KT_FIELD_TYPE');
  expect((await attempt('people.email=email,first-four')).code).toBe('KT_FIELD_TYPE');
});

test('what a scan has found becomes field types of the configuration, which an encryption takes', async () => {
  const scene = createPeople();
  expect((await scene.run('init', '--from-scan')).code).toBe(0);
  const written = readFileSync(join(scene.folder, 'keyturn.config.yaml'), 'utf8');
  expect(written).toContain('  fieldTypes:\n    - "people.tax=tax_id"');
  const { code, stdout, stderr } = await scene.run('encrypt', '--key', 'file:new.key', ...run);
  expect(code, stdout + stderr).toBe(0);
  const status = JSON.parse((await scene.run('status', '--json')).stdout) as StatusResult;
  expect(status.fields.map(({ column }) => column).sort()).toEqual(['email', 'phone', 'tax']);
});
