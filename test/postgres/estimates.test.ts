import { expect, test } from 'vitest';
import { estimateOf, expectWithinAThird } from '../support/estimates.ts';
import { createPostgresScene } from '../support/postgres/postgres-scene.ts';
import { startPostgresServer } from '../support/postgres/postgres-server.ts';

const people = 10_000;

/** What stands in the rows, in which columns their cells go, and an index over the plaintext. */
const cases = [
  { rows: "i, repeat(md5(i::text), 12), 'note ' || i", flags: [], index: '' },
  { rows: "i, 'p' || i || '@example.org', ''", flags: [], index: 'CREATE INDEX by_email ON people(email)' },
  {
    rows: "i, 'p' || i || '@example.org', repeat(md5(i::text), 12)",
    flags: ['--into', 'cells', '--blind-index', 'people.email:lower', '--index-key', 'file:third.key'],
    index: '',
  },
];

test('what encryptions take of the disk and of the log is within a third of what their plans say', async () => {
  const server = await startPostgresServer({ writes: 'fast' });
  for (const { rows, flags, index } of cases) {
    const scene = await createPostgresScene(
      `CREATE TABLE people(id bigint PRIMARY KEY, email text, note text) WITH (autovacuum_enabled = false); ${index};
       INSERT INTO people SELECT ${rows} FROM generate_series(1, ${String(people)}) AS i`,
      { serverUrl: server.url('DATABASE'), server: 'ends with the test' },
    );
    await scene.query('VACUUM ANALYZE people');
    await scene.query('CHECKPOINT');
    const sizes = async (): Promise<readonly [number, number]> => {
      const sql = "SELECT pg_database_size(current_database()), pg_current_wal_lsn() - '0/0'::pg_lsn";
      const [[size, log] = []] = await scene.query(sql);
      return [Number(size), Number(log)];
    };
    const column = ['people.email', '--key', 'file:new.key', ...flags];
    const { growthBytes, logBytes } = await estimateOf(scene, column);
    const [size, log] = await sizes();
    const { code, stderr } = await scene.run('encrypt', '--yes', '--column', ...column);
    expect(code, stderr).toBe(0);
    const [sizeAfter, logAfter] = await sizes();
    expectWithinAThird(growthBytes, sizeAfter - size);
    expectWithinAThird(logBytes, logAfter - log);
  }
  await server.close();
});
