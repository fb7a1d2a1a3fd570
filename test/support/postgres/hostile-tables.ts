import { token } from '../scene.ts';
import { insertRows, tokenBytes } from './token-table.ts';

/** A table whose rows are hard to reach or whose cells are hard to write; every cell is under the old key. */
export interface HostileTable {
  readonly title: string;
  /** As plans name it. */
  readonly table: string;
  readonly column: string;
  readonly sql: string;
  readonly cells: number;
}

const cells = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => token('old', `value ${String(index)}`));

function tableNamed(title: string): string {
  return `t_${title.replaceAll(' ', '_').toLowerCase()}`;
}

/** `CREATE TABLE name(keys, cell type)` and one row for each key. */
function keyed(title: string, keys: string, rows: readonly (readonly (string | null)[])[]): HostileTable {
  const table = tableNamed(title);
  const names = Array.from({ length: rows[0]?.length ?? 0 }, (_, index) => `k${String(index + 1)}`);
  const values = rows.map((row, index) => [...row, token('old', `value ${String(index)}`)]);
  return {
    title,
    table,
    column: 'cell',
    sql: `CREATE TABLE ${table}(${keys}, cell text); ${insertRows(table, [...names, 'cell'], values)}`,
    cells: rows.length,
  };
}

function typed(title: string, type: string): HostileTable {
  const table = tableNamed(title);
  const sql = `CREATE TABLE ${table}(id serial PRIMARY KEY, cell ${type});
    ${insertRows(
      table,
      ['cell'],
      cells(5).map((cell) => [cell]),
    )}`;
  return { title, table, column: 'cell', sql, cells: 5 };
}

const uuids = ['ffffffff-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];

/** One of each kind. */
export const hostileTables: readonly HostileTable[] = [
  keyed('a smallint key', 'k1 smallint PRIMARY KEY', [['-32768'], ['0'], ['32767']]),
  keyed('a bigint key with gaps', 'k1 bigint PRIMARY KEY', [
    ['-9223372036854775808'],
    ['-1'],
    ['9007199254740993'],
    ['9223372036854775807'],
  ]),
  keyed(
    'a uuid key',
    'k1 uuid PRIMARY KEY',
    uuids.map((uuid) => [uuid]),
  ),
  keyed('a text key', 'k1 text PRIMARY KEY', [['1'], ['"a", b'], ['ä\\'], [''], ["it's"]]),
  keyed('a text key of another collation', 'k1 text COLLATE "en-x-icu" PRIMARY KEY', [
    ['b'],
    ['B'],
    ['a'],
    ['Ä'],
  ]),
  keyed('a numeric key', 'k1 numeric PRIMARY KEY', [['1.10'], ['-1e30'], ['0.000000000000000000001']]),
  keyed('a key of instants', 'k1 timestamptz PRIMARY KEY', [
    ['2026-01-01 00:00:00.000001+00'],
    ['2026-01-01 00:00:00.000002+00'],
    ['infinity'],
  ]),
  keyed('a key of several columns', 'k1 text, k2 int, k3 date, PRIMARY KEY (k2, k1, k3)', [
    ['a', '1', '2026-01-01'],
    ['a', '1', '2026-01-02'],
    ['b', '-1', 'infinity'],
  ]),
  keyed('a padded key', 'k1 char(8) PRIMARY KEY', [['a'], ['b ']]),
  keyed('a unique index for a key', 'k1 int NOT NULL UNIQUE', [['3'], ['1'], ['2']]),
  keyed('a unique index with NULLs', 'k1 int UNIQUE', [['3'], [null], [null]]),
  {
    title: 'no key at all',
    table: 'log',
    column: 'cell',
    sql: `CREATE TABLE log(at int, cell text);
      ${insertRows(
        'log',
        ['at', 'cell'],
        cells(300).map((cell) => ['1', cell]),
      )} ANALYZE log;`,
    cells: 300,
  },
  {
    title: 'a name that needs quotes, in another schema',
    table: '"a ""schema"""."my ""odd"".table"',
    column: 'the "cell".',
    sql: `CREATE SCHEMA "a ""schema"""; CREATE TABLE "a ""schema"""."my ""odd"".table"("the ""id""" int PRIMARY KEY, "the ""cell""." text);
      ${insertRows('"a ""schema"""."my ""odd"".table"', ['"the ""id"""', '"the ""cell""."'], [['1', token('old')]])}`,
    cells: 1,
  },
  {
    title: 'a leaf of a partitioned table',
    table: 'low',
    column: 'cell',
    sql: `CREATE TABLE parted(id int PRIMARY KEY, cell text) PARTITION BY RANGE (id);
      CREATE TABLE low PARTITION OF parted FOR VALUES FROM (0) TO (10);
      CREATE TABLE high PARTITION OF parted FOR VALUES FROM (10) TO (20);
      ${insertRows(
        'parted',
        ['id', 'cell'],
        [
          ['1', token('old', 'low')],
          ['11', token('old', 'high')],
        ],
      )}`,
    cells: 1,
  },
  {
    title: 'a table that others inherit from',
    table: 'parent',
    column: 'cell',
    sql: `CREATE TABLE parent(id int PRIMARY KEY, cell text); CREATE TABLE child(PRIMARY KEY (id)) INHERITS (parent);
      ${insertRows('parent', ['id', 'cell'], [['1', token('old', 'parent')]])}
      ${insertRows('child', ['id', 'cell'], [['1', token('old', 'child')]])}`,
    cells: 1,
  },
  typed('varchar with room', 'varchar(300)'),
  typed('char', 'char(200)'),
  typed('citext', 'citext'),
  typed('a domain', 'sealed'),
  typed('a column with an index', 'text UNIQUE'),
  {
    title: 'bytea',
    table: 'files',
    column: 'cell',
    sql: `CREATE TABLE files(id uuid PRIMARY KEY DEFAULT gen_random_uuid(), cell bytea);
      ${insertRows('files', ['cell'], [[tokenBytes('old', 'a file')], [null], ['\\x']])}`,
    cells: 1,
  },
];

/** What the tables above rely on. */
export const hostilePrelude = `
  CREATE EXTENSION citext;
  CREATE DOMAIN sealed AS text CHECK (VALUE LIKE 'gAAAA%');`;
