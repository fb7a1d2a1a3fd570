import { expect, onTestFinished, test } from 'vitest';
import type { TargetDatabase } from '../../src/lib/databases/target-database.ts';
import type { ReplacementOutcome, RowBatch } from '../../src/lib/model/cells/row-batch.ts';
import type { OpenedColumn } from '../../src/lib/model/columns/opened-column.ts';
import { openDatabase } from '../../src/lib/session/database/open-database.ts';
import { createPostgresScene } from '../support/postgres/postgres-scene.ts';
import { createScene } from '../support/scene.ts';

const schema = `CREATE TABLE people(id integer PRIMARY KEY, email text, age integer, sealed text);
  INSERT INTO people VALUES (1, 'a@x.org', 31, NULL), (2, NULL, 32, 'old'), (3, 'c@x.org', 33, 'old')`;

/** A table with three rows, and what an application and an administrator do with it. */
interface Stage {
  readonly database: TargetDatabase;
  change(sql: string): Promise<void>;
  sealed(): Promise<readonly unknown[]>;
}

const stages: Readonly<Record<'sqlite' | 'postgres', () => Promise<Stage>>> = {
  async sqlite() {
    const scene = createScene((database) => database.exec(schema));
    const database = await openDatabase(
      { kind: 'sqlite', path: scene.path },
      { access: 'write', use: 'shared' },
    );
    return {
      database,
      change(sql) {
        scene.change((connection) => connection.exec(sql));
        return Promise.resolve();
      },
      sealed: () => Promise.resolve(scene.values('SELECT sealed FROM people ORDER BY id')),
    };
  },
  async postgres() {
    const scene = await createPostgresScene(schema);
    const database = await openDatabase(
      { kind: 'postgres', url: scene.url },
      { access: 'write', use: 'shared' },
    );
    return {
      database,
      async change(sql) {
        await scene.query(sql);
      },
      sealed: async () =>
        (await scene.query('SELECT sealed FROM people ORDER BY id')).map(([sealed]) => sealed),
    };
  },
};

const columns: readonly OpenedColumn[] = [
  'email',
  { kind: 'value', name: 'age' },
  { kind: 'value', name: 'sealed' },
];

/** Writes the third column, from the first one. */
function writeBeside(
  { database }: Stage,
  batch: RowBatch,
  sealed: readonly (string | null | undefined)[],
): Promise<ReplacementOutcome> {
  const table = database.openTable('people', columns);
  return database.transaction(async (transaction) => {
    await transaction.ledger.install();
    const untouched = batch.keys.map(() => undefined);
    const replacements = { batch, columns: [untouched, untouched, sealed], compared: [0] };
    return transaction.replaceCells(table, replacements);
  });
}

async function openStage(kind: keyof typeof stages): Promise<Stage & { readonly batch: RowBatch }> {
  const stage = await stages[kind]();
  onTestFinished(() => stage.database.close());
  const table = stage.database.openTable('people', columns);
  const upTo = await table.upperBound(null, { rows: 10, bytes: 1000 });
  return { ...stage, batch: await table.readBatch({ after: null, upTo: upTo ?? 0n }) };
}

test.each(['sqlite', 'postgres'] as const)(
  'a value of any type is read, and another column takes cells or NULL: %s',
  async (kind) => {
    const stage = await openStage(kind);
    expect(stage.batch.columns[1]?.map(String)).toEqual(['31', '32', '33']);
    const outcome = await writeBeside(stage, stage.batch, ['kt1.a', null, undefined]);
    expect(outcome).toMatchObject({ written: [0, 1], changed: [], refused: [] });
    expect(await stage.sealed()).toEqual(['kt1.a', null, 'old']);
  },
);

test.each(['sqlite', 'postgres'] as const)(
  'a cell made from a value that was changed since is not written: %s',
  async (kind) => {
    const stage = await openStage(kind);
    await stage.change(
      "UPDATE people SET email = 'b@x.org' WHERE id <> 3; UPDATE people SET sealed = 'theirs' WHERE id = 3",
    );
    const outcome = await writeBeside(stage, stage.batch, ['kt1.a', 'kt1.b', 'kt1.c']);
    expect(outcome).toMatchObject({ written: [], changed: [0, 1, 2] });
    expect(await stage.sealed()).toEqual([null, 'old', 'theirs']);
  },
);
