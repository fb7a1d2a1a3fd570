import { expect, onTestFinished, test, vi } from 'vitest';
import type { TargetDatabase } from '../../src/lib/databases/target-database.ts';
import type { IndexRecord } from '../../src/lib/model/columns/blind-index.ts';
import { openDatabase } from '../../src/lib/session/database/open-database.ts';
import { startPoorServer } from '../support/postgres/poor-server.ts';
import { createPostgresScene, type PostgresScene } from '../support/postgres/postgres-scene.ts';

const people = `CREATE TABLE people(id bigint PRIMARY KEY, name text, name_bidx bytea);
  INSERT INTO people SELECT n, 'name', decode(lpad(to_hex(n), 8, '0'), 'hex') FROM generate_series(1, 50) AS n`;

const patience = { timeout: 60_000, interval: 20 };

interface Site {
  readonly scene: PostgresScene;
  readonly database: TargetDatabase;
  readonly index: IndexRecord;
  /** Each index over blind indexes that is there, and whether it is valid. */
  readonly listIndexes: () => Promise<readonly unknown[]>;
}

/** A table whose column of blind indexes is in the ledger, and has no index of the database's own yet. */
async function createSite(): Promise<Site> {
  const scene = await createPostgresScene(people);
  const location = { kind: 'postgres', url: scene.url } as const;
  const database = await openDatabase(location, { access: 'write', use: 'shared' });
  onTestFinished(() => database.close());
  const index = await database.transaction(async ({ ledger, indexes }) => {
    await ledger.install();
    const place = { table: 'people', column: 'name' };
    const kind = { normaliser: 'exact', version: 1, bits: 32, type: 'bytea', uniqueness: 'unique' } as const;
    const key = { keyId: '00000000', keyCheckValue: '', keyReference: null } as const;
    const column = { table: 'people', column: 'name_bidx', cells: 'name', origin: 'found' } as const;
    const record = await ledger.recordIndex({ ...kind, ...key, ...column, place }, 'a test');
    await indexes.create(record);
    return record;
  });
  const listIndexes: Site['listIndexes'] = () =>
    scene.query(
      "SELECT indexrelid::regclass::text, indisvalid::text FROM pg_index WHERE indexrelid::regclass::text LIKE 'keyturn_bidx%'",
    );
  return { scene, database, index, listIndexes };
}

test('others write while an index is built, which waits for those that were there before it', async () => {
  const { scene, database, index, listIndexes } = await createSite();
  expect(await listIndexes()).toEqual([]);
  const early = await scene.connect();
  await early.query("BEGIN; UPDATE people SET name = 'early' WHERE id = 1");
  const building = database.buildIndexes?.([index]);
  await vi.waitFor(async () => {
    const waiting = await scene.query(
      "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'CREATE UNIQUE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'",
    );
    expect(waiting).toHaveLength(1);
  });
  const late = await scene.connect();
  await late.query("SET lock_timeout = '3s'; UPDATE people SET name = 'late' WHERE id = 2");
  await early.query('COMMIT');
  await building;
  expect(await listIndexes()).toEqual([[`keyturn_bidx_${String(index.id)}`, 'true']]);
  await expect(late.query("INSERT INTO people VALUES (51, 'name', '\\x00000001')")).rejects.toThrow(
    'duplicate',
  );
});

test('an index that was left half built is made again, and one that cannot be made leaves nothing behind', async () => {
  const { scene, database, index, listIndexes } = await createSite();
  const name = `keyturn_bidx_${String(index.id)}`;
  await scene.query("INSERT INTO people VALUES (51, 'name', '\\x00000001')");
  await expect(
    scene.query(`CREATE UNIQUE INDEX CONCURRENTLY ${name} ON people(name_bidx)`),
  ).rejects.toThrow();
  expect(await listIndexes()).toEqual([[name, 'false']]);
  await expect(database.buildIndexes?.([index])).rejects.toMatchObject({ code: 'KT_TRANSACTION_REFUSED' });
  expect(await listIndexes()).toEqual([]);
  await scene.query('DELETE FROM people WHERE id = 51');
  await Promise.all([database.buildIndexes?.([index]), database.buildIndexes?.([index])]);
  expect(await listIndexes()).toEqual([[name, 'true']]);
});

test('where no turns can be taken, whoever comes second waits for the first; the name of something else is left alone', async () => {
  const { scene, index, listIndexes } = await createSite();
  const name = `keyturn_bidx_${String(index.id)}`;
  const url = await startPoorServer(scene.url, ['pg_advisory_xact_lock', 'pg_try_advisory_lock']);
  const open = async (): Promise<TargetDatabase> => {
    const database = await openDatabase({ kind: 'postgres', url }, { access: 'write', use: 'shared' });
    onTestFinished(() => database.close());
    return database;
  };
  const [first, second] = [await open(), await open()];
  const early = await scene.connect();
  await early.query("BEGIN; UPDATE people SET name = 'early' WHERE id = 1");
  const building = first.buildIndexes?.([index]);
  await vi.waitFor(async () => {
    expect(await listIndexes()).toEqual([[name, 'false']]);
  }, patience);
  const joined = second.buildIndexes?.([index]);
  await vi.waitFor(async () => {
    const looking = await scene.query(
      "SELECT 1 FROM pg_stat_activity WHERE application_name = 'keyturn' AND query = 'ROLLBACK' AND datname = current_database()",
    );
    expect(looking).not.toEqual([]);
  }, patience);
  await early.query('COMMIT');
  await Promise.all([building, joined]);
  expect(await listIndexes()).toEqual([[name, 'true']]);

  await scene.query(`DROP INDEX ${name}`);
  await Promise.all([first.buildIndexes?.([index]), second.buildIndexes?.([index])]);
  expect(await listIndexes()).toEqual([[name, 'true']]);

  await scene.query(`DROP INDEX ${name}; CREATE TABLE ${name}(id int)`);
  await expect(first.buildIndexes?.([index])).rejects.toThrow();
  expect(await scene.query(`SELECT * FROM ${name}`)).toEqual([]);
});
