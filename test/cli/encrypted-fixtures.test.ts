import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { renderColumnName } from '../../src/lib/model/columns/column-name.ts';
import { KeyturnError } from '../../src/lib/model/keyturn-error.ts';
import { prepareEncryption } from '../../src/lib/session/preparation/prepare-encryption.ts';
import { prepareRollback } from '../../src/lib/session/preparation/prepare-execution.ts';
import type { MigrationReport } from '../../src/lib/session/run/migration-report.ts';
import type { MigrationRequest } from '../../src/lib/session/run/migration-request.ts';
import { runMigration } from '../../src/lib/session/run/run-migration.ts';
import { testKeys, writeFernetKeyFile } from '../support/fleet-database.ts';
import { createSchema, readSchemaFixture } from '../support/schema-fixture.ts';
import { readContent, type DatabaseContent } from '../support/table-content.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/schemas/', import.meta.url));

/**
 * How an encryption of a fixture ends. `quarantined`: some values stay as they are, and the rest goes there and back. `refused`:
 * before anything is written. `kept`: the way back is refused for some rows, whose cells stay.
 */
type Outcome = 'there and back' | 'quarantined' | `refused ${string}` | 'kept';

const ways = { 'in place': undefined, 'into another column': '{column}_enc' } as const;
type Way = keyof typeof ways;

const both = (outcome: Outcome): Readonly<Record<Way, Outcome>> => ({
  'in place': outcome,
  'into another column': outcome,
});

/** Those that do not simply go there and back; what keeps them from it, the fixtures say. */
const outcomes: Readonly<Record<string, Readonly<Record<Way, Outcome>>>> = {
  'cells-as-keys': both('refused KT_UNWRITABLE_COLUMN'),
  'cells-in-virtual-tables': both('refused KT_UNWRITABLE_COLUMN'),
  // A row breaks its own CHECK and goes back into no column that has it.
  'checks-that-refuse': { 'in place': 'quarantined', 'into another column': 'kept' },
  'composite-keys': { 'in place': 'there and back', 'into another column': 'refused KT_UNWRITABLE_COLUMN' },
  'foreign-keys-deferred': both('refused KT_UNWRITABLE_COLUMN'),
  'foreign-keys-that-empty': both('refused KT_UNWRITABLE_COLUMN'),
  // Cells of equal values differ, so that nothing can follow them.
  'foreign-keys-that-follow': {
    'in place': 'refused KT_FOREIGN_KEY',
    'into another column': 'there and back',
  },
  'foreign-keys-that-refuse': {
    'in place': 'refused KT_FOREIGN_KEY',
    'into another column': 'there and back',
  },
  // One of its tables has no key that lasts.
  identifiers: {
    'in place': 'refused KT_NO_ROW_KEY',
    'into another column': 'refused KT_UNWRITABLE_COLUMN',
  },
  'foreign-keys-to-nowhere': both('refused KT_STATEMENT_REFUSED'),
  'generated-columns': both('refused KT_UNWRITABLE_COLUMN'),
  'hidden-rowid': both('refused KT_UNWRITABLE_COLUMN'),
  'hidden-rowid-named': both('refused KT_UNWRITABLE_COLUMN'),
  'hidden-rowid-with-cells': both('refused KT_UNWRITABLE_COLUMN'),
  'invalid-text-cells': both('quarantined'),
  'null-primary-keys': {
    'in place': 'there and back',
    'into another column': 'refused KT_UNWRITABLE_COLUMN',
  },
  'rowid-aliases': {
    'in place': 'refused KT_NO_ROW_KEY',
    'into another column': 'refused KT_UNWRITABLE_COLUMN',
  },
  'triggers-that-fail-late': { 'in place': 'there and back', 'into another column': 'quarantined' },
  // The way back is an update, which the trigger changes as well.
  'triggers-that-rewrite': { 'in place': 'quarantined', 'into another column': 'kept' },
  'triggers-that-swallow': both('quarantined'),
  'triggers-to-nowhere': both('refused KT_STATEMENT_REFUSED'),
  'unique-cells': { 'in place': 'refused KT_CELLS_REFUSED', 'into another column': 'there and back' },
  'utf-16be': both('quarantined'),
  'utf-16le': both('quarantined'),
  'virtual-tables': both('refused KT_UNWRITABLE_COLUMN'),
};

/** Columns that hold tokens: as good a plaintext as any other. */
function columnsOf({ tables }: DatabaseContent): readonly string[] {
  return tables.flatMap(({ table, columns, rows }) =>
    columns
      .filter((_, index) => rows.some((row) => row[index]?.bytes.replaceAll('\0', '').startsWith('gAAAA')))
      .map((column) => renderColumnName({ table, column })),
  );
}

function run(path: string, request: Pick<MigrationRequest, 'intent' | 'keys'>): Promise<MigrationReport> {
  return runMigration({
    ...request,
    location: { kind: 'sqlite', path },
    use: 'exclusive',
    knobs: { courtesy: 'hurry', maximumQuarantine: 0, contract: 'empty' },
    limits: { batchRows: 3 },
    throttles: {},
    backup: { kind: 'none' },
    reporter: { report: () => undefined, close: () => undefined },
    stop: new AbortController().signal,
  });
}

/** A fixture's database in a folder of its own; what its triggers write to is not looked at. */
function setUp(name: string) {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-schema-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const fixture = readSchemaFixture(join(fixtures, `${name}.sql`));
  const path = join(folder, 'fleet.db');
  const key = writeFernetKeyFile(join(folder, 'new.key'), testKeys.new);
  createSchema(path, fixture);
  const read = (): DatabaseContent => {
    const content = readContent(path);
    const others = [...fixture.writtenBesides, ...(name === 'triggers-unasked' ? ['seen'] : [])];
    const isOurs = (table: string): boolean => !others.includes(table);
    return { ...content, hasLedger: false, tables: content.tables.filter(({ table }) => isOurs(table)) };
  };
  return { path, key, read, hasLedger: () => readContent(path).hasLedger };
}

type Stage = ReturnType<typeof setUp>;

async function encrypt({ path, key }: Stage, columns: readonly string[], way: Way): Promise<RunEndKind> {
  const wishes = { kind: 'encrypt', madeBy: 'a test', empty: 'keep', afterwards: undefined } as const;
  const prepared = await prepareEncryption(
    { kind: 'sqlite', path },
    {
      ...wishes,
      ...{ columns, assumedPlaintext: columns, key, into: ways[way] },
      ...{ fieldTypes: [], blindIndexes: [], indexKey: undefined, format: undefined },
    },
  );
  const keys = { old: null, new: prepared.keys.new?.key ?? null };
  if (prepared.kind === 'already') throw new Error('there is nothing to encrypt');
  return (await run(path, { intent: prepared.intent, keys })).end.kind;
}

type RunEndKind = MigrationReport['end']['kind'];

async function takeBack({ path }: Stage): Promise<RunEndKind> {
  const overrides = { oldKey: undefined, newKey: undefined };
  const prepared = await prepareRollback({ kind: 'sqlite', path }, undefined, overrides);
  if (prepared.kind === 'already') throw new Error('there is nothing to take back');
  const keys = { old: prepared.keys.old?.key ?? null, new: null };
  return (await run(path, { intent: prepared.intent, keys })).end.kind;
}

/** Those whose tables are hostile; what surrounds a database is for the rotation's tests, and so is its journal. */
const names = readdirSync(fixtures)
  .filter((file) => {
    const { surroundings, journalMode } = readSchemaFixture(join(fixtures, file));
    return surroundings === 'peaceful' && (journalMode === 'delete' || journalMode === 'wal');
  })
  .map((file) => file.replace('.sql', ''));

describe.each(Object.keys(ways) as Way[])('an encryption %s', (way) => {
  test.each(names)('%s', async (name) => {
    const stage = setUp(name);
    const before = stage.read();
    const columns = columnsOf(before);
    const expected = outcomes[name]?.[way] ?? 'there and back';
    const end = await encrypt(stage, columns, way).catch((error: unknown) => {
      if (!(error instanceof KeyturnError)) throw error;
      return `${stage.hasLedger() ? 'stopped half way' : 'refused'} ${error.code}`;
    });
    if (end.startsWith('refused') || end.startsWith('stopped')) {
      expect(end).toBe(expected);
      expect(stage.read()).toEqual(before);
      return;
    }
    expect(end).toBe(expected === 'quarantined' ? 'quarantined' : 'succeeded');
    if (end === 'succeeded') expect(columnsOf(stage.read())).toEqual([]);
    expect(await takeBack(stage)).toBe(expected === 'kept' ? 'quarantined' : 'succeeded');
    if (expected !== 'kept') expect(stage.read()).toEqual(before);
  });
});
