import { expect, onTestFinished, test } from 'vitest';
import type { RowKey } from '../../src/lib/model/cells/row-batch.ts';
import { openDatabase } from '../../src/lib/session/database/open-database.ts';
import { listenToPlans, type PlanNode } from '../support/postgres/plan-listener.ts';
import { createPostgresScene } from '../support/postgres/postgres-scene.ts';
import { literal } from '../support/postgres/token-table.ts';
import { rotationKeys, token } from '../support/scene.ts';

const rows = 1500;

/** Tables whose keys are of other types; each row's number is `place`. */
const keys: Readonly<Record<string, { readonly columns: string; readonly values: string }>> = {
  by_int: { columns: 'id int PRIMARY KEY', values: 'place' },
  by_bigint: { columns: 'id bigint PRIMARY KEY', values: 'place::bigint * 1000000000' },
  by_uuid: { columns: 'id uuid PRIMARY KEY', values: 'gen_random_uuid()' },
  by_text: { columns: 'id text PRIMARY KEY', values: "'row ' || place" },
  by_two: { columns: 'a int, b text, PRIMARY KEY (a, b)', values: "place / 10, 'row ' || place" },
};

const tables = Object.entries(keys).map(
  ([name, { columns, values }]) =>
    `CREATE TABLE ${name}(${columns}, secret text);
     INSERT INTO ${name} SELECT ${values}, ${literal(token('old'))} FROM generate_series(1, ${String(rows)}) AS place;`,
);

/** What is run again and again while a table is walked: with the keys of a chunk, or between two bounds. */
const isHot = /unnest\(|<=|AS next|next AS/u;

function nodesOf(plan: PlanNode): readonly PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** An update or a lock names its table, too, and reads nothing. */
function isScanOf(table: string): (node: PlanNode) => boolean {
  return (node) => node['Relation Name'] === table && node['Node Type'].endsWith('Scan');
}

test('what is run for every chunk walks along the index of the key, whatever its type, and casts no column', async () => {
  const scene = await createPostgresScene(tables.join('\n'));
  const listener = await listenToPlans(scene.url);
  const rotation = await scene.runOn(listener.url, 'rotate', ...rotationKeys, '--yes', '--batch-rows', '250');
  expect(rotation.code, rotation.stderr).toBe(0);
  const back = await scene.runOn(listener.url, 'rollback', '--yes', '--exclusive');
  expect(back.code, back.stderr).toBe(0);
  const statements = listener.statements();
  for (const table of Object.keys(keys)) {
    const hot = statements.filter(({ text }) => text.includes(`"${table}"`) && isHot.test(text));
    expect(hot.filter(({ text }) => text.startsWith('UPDATE')).length).toBeGreaterThan(6);
    expect(hot.filter(({ text }) => text.startsWith('SELECT')).length).toBeGreaterThan(12);
    for (const { text, plan } of hot) {
      for (const node of nodesOf(plan).filter(isScanOf(table))) {
        expect(node['Node Type'], text).toMatch(/^(?:Index|Index Only|Bitmap Heap|Tid|Tid Range) Scan$/u);
        expect(node['Index Cond'] ?? '', text).not.toMatch(/\((?:id|a|b)\)::/u);
      }
    }
  }
});

test('where bytes bound a chunk, its end is found by adding up, but for a row that is larger than those before', async () => {
  const cells = `SELECT place, md5(place::text)::uuid, repeat('x', CASE place WHEN 70 THEN 20000 ELSE 1000 END)`;
  const scene = await createPostgresScene(`
    CREATE TABLE pages(id int PRIMARY KEY, name uuid, cell text);
    INSERT INTO pages ${cells} FROM generate_series(1, 100) AS place;
    CREATE TABLE names(id int, name uuid PRIMARY KEY, cell text);
    INSERT INTO names SELECT * FROM pages; ANALYZE`);
  const listener = await listenToPlans(scene.url);
  const location = { kind: 'postgres', url: listener.url } as const;
  const database = await openDatabase(location, { access: 'read', use: 'shared' });
  onTestFinished(() => database.close());
  for (const name of ['pages', 'names']) {
    const table = database.openTable(name, ['cell']);
    const chunks: number[] = [];
    const limits = { rows: 50, bytes: 10_500 };
    let after: RowKey | null = null;
    for (let upTo = await table.upperBound(after, limits); upTo !== null;) {
      const { keys: found, columns } = await table.readBatch({ after, upTo });
      const sizes = (columns[0] ?? []).map((cell) => (typeof cell === 'string' ? cell.length : 0));
      const bytes = sizes.reduce((sum, size) => sum + size);
      expect(bytes <= limits.bytes || found.length === 1).toBe(true);
      chunks.push(found.length);
      after = upTo;
      upTo = await table.upperBound(after, limits);
    }
    expect(chunks.reduce((sum, count) => sum + count)).toBe(100);
    expect(chunks[0]).toBe(10);
    expect(chunks.length).toBeLessThan(20);
    const listed = listener
      .statements()
      .filter(({ text }) => text.startsWith('SELECT') && text.includes(`"${name}"`))
      .filter(({ text }) => text.includes('AS bytes') && !text.includes('AS next'));
    // The first chunk, before anything is known of sizes; the large row, before which a chunk ends, and which is one.
    expect(listed.length).toBeGreaterThan(1);
    expect(listed.length).toBeLessThan(5);
  }
});

test('marks of rows that are gone are found without comparing each mark with each row', async () => {
  const scene = await createPostgresScene(`CREATE TABLE people(id bigint PRIMARY KEY, name text, sealed text);
    INSERT INTO people SELECT place, 'name' FROM generate_series(1, 3000) AS place; ANALYZE people`);
  const listener = await listenToPlans(scene.url);
  const location = { kind: 'postgres', url: listener.url } as const;
  const database = await openDatabase(location, { access: 'write', use: 'shared' });
  onTestFinished(() => database.close());
  const pair = await database.transaction(async ({ ledger }) => {
    await ledger.install();
    const names = { table: 'people', plaintext: 'name', cells: 'sealed' };
    return ledger.recordPair({ ...names, cellsColumn: 'found' }, 'a test');
  });
  await scene.query(`INSERT INTO keyturn_mark(pair_id, row_key, side)
    SELECT ${String(pair.id)}, place::text, 'cells' FROM generate_series(1, 6000, 2) AS place`);
  await scene.query('ANALYZE keyturn_mark');
  await database.transaction(({ pairs }) => pairs.forgetStray(pair));
  expect(await scene.query('SELECT count(*) FROM keyturn_mark')).toEqual([['1500']]);
  const deletions = listener.statements().filter(({ plan }) => nodesOf(plan).some(isDeletionOfMarks));
  expect(deletions).toHaveLength(1);
  const nodes = deletions.flatMap(({ plan }) => nodesOf(plan)).map((node) => node['Node Type']);
  expect(nodes).toContain('Hash Join');
  expect(nodes).not.toContain('Nested Loop');
});

function isDeletionOfMarks(node: PlanNode): boolean {
  return node['Node Type'] === 'ModifyTable' && node['Relation Name'] === 'keyturn_mark';
}
