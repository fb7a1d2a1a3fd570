import { createHash } from 'node:crypto';
import {
  openMemoryConnection,
  type SqliteConnection,
} from '../../src/lib/databases/sqlite/connection/connection.ts';
import { createMemory } from './memory.ts';
import type { ForeignWrite } from './scenario.ts';
import { prepareOnce } from './statements.ts';
import { createTokenReader, seal, sealForeign, type KeyName } from './tokens.ts';

/** The tables to rotate, with their columns: a declared rowid, one that may be renumbered, and none at all. */
export const plannedTables = { accounts: ['card', 'note'], notes: ['body'], settings: ['value'] } as const;
export type PlannedTable = keyof typeof plannedTables;

/** All of them. */
export const tableNames = Object.keys(plannedTables) as readonly PlannedTable[];
const keyColumns = { accounts: 'id', notes: 'rowid', settings: 'key' } as const;

/** `journal` is no part of any plan. */
const definitions = `
  CREATE TABLE accounts (id INTEGER PRIMARY KEY, label TEXT, card TEXT, note TEXT);
  CREATE TABLE notes (label TEXT, body TEXT);
  CREATE TABLE settings (key TEXT PRIMARY KEY, label TEXT, value TEXT) WITHOUT ROWID;
  CREATE TABLE journal (entry TEXT);`;

/** What a cell must be: a plaintext under either key, or exactly a value. */
type Truth =
  | { readonly kind: 'sealed'; readonly plaintext: string }
  | { readonly kind: 'plain'; readonly value: string | null };

/** A cell as an application left it. */
interface KnownCell {
  readonly truth: Truth;
  readonly writtenAt: number;
  /** Its very first token, for an application that puts it back. */
  readonly firstToken: string;
}

interface KnownRow {
  readonly table: PlannedTable;
  readonly label: string;
  readonly insertedAt: number;
  readonly cells: Map<string, KnownCell>;
}

/** One cell as it is in the database. */
export interface FoundCell {
  readonly table: PlannedTable;
  /** Names the cell, whatever key its row has. */
  readonly name: string;
  /** As the ledger writes it. */
  readonly rowKey: string;
  readonly stored: string | null;
  /** The key that opens it; `none` for NULL, the empty string and what neither key opens. */
  readonly under: KeyName | 'none';
  /** The step at which an application wrote it last. */
  readonly writtenAt: number;
  /** The step at which its row was inserted. */
  readonly insertedAt: number;
}

/** A database in memory, the applications that write to it, and what they know to be in it. */
export interface Fleet {
  readonly connection: SqliteConnection;
  /** The database's clock, in milliseconds since 1970. */
  readonly now: number;
  moveClock(milliseconds: number): void;
  /** Does what an application does in a transaction of its own, and says what that was. */
  write(write: ForeignWrite, step: number): string;
  /** Gives the rows of `notes` other keys, as VACUUM may where no rowid is declared. */
  renumber(step: number): void;
  /** When that happened last; -1: never. */
  readonly renumberedAt: number;
  /** Reads every cell of the planned tables; throws where one is not what the applications put there. */
  readCells(): readonly FoundCell[];
  /** When cells outside the plan were written that are under a key. */
  straysUnder(key: KeyName): readonly number[];
  close(): void;
}

/** How much is in a fleet. */
export interface FleetSize {
  /** Those that hold rows. */
  readonly tables: readonly PlannedTable[];
  /** Rows of each table. */
  readonly rows: number;
  /** Cells that neither key opens. */
  readonly foreignCells: number;
}

/** Makes the tables, every cell under the first key. */
export function createFleet({ tables, rows, foreignCells }: FleetSize): Fleet {
  const connection = openMemoryConnection();
  const { database } = connection;
  prepareOnce(database);
  const openToken = createTokenReader();
  const known = new Map<string, KnownRow>();
  const strays: { readonly under: KeyName; readonly writtenAt: number }[] = [];
  let now = 1_700_000_000_000;
  let values = 0;
  let renumberedAt = -1;
  database.function('unixepoch', { varargs: true }, () => now / 1000);
  database.exec(definitions);
  const memory = createMemory<readonly FoundCell[]>(database);

  function sealNext(under: KeyName): { readonly truth: Truth; readonly token: string } {
    values += 1;
    const plaintext = `value ${values}`;
    return { truth: { kind: 'sealed', plaintext }, token: seal(under, plaintext) };
  }

  function insert(table: PlannedTable, under: KeyName, step: number): string {
    const columns = plannedTables[table];
    const sealed = columns.map(() => sealNext(under));
    const label = `${table}-${values}`;
    const cells = columns.map((column, index): [string, KnownCell] => {
      const { truth, token } = sealed[index] ?? sealNext(under);
      return [column, { truth, writtenAt: step, firstToken: token }];
    });
    known.set(label, { table, label, insertedAt: step, cells: new Map(cells) });
    const tokens = sealed.map(({ token }) => token);
    database
      .prepare(
        `INSERT INTO ${table}(${keyColumns[table]}, label, ${columns.join(', ')}) VALUES (?, ?${', ?'.repeat(columns.length)})`,
      )
      .run(keyOf(table, label), label, ...tokens);
    return label;
  }

  /** `token` stands for a sealed value. */
  function put(
    row: KnownRow,
    column: string,
    { truth, token, step }: { truth: Truth; token?: string; step: number },
  ): void {
    const stored = truth.kind === 'plain' ? truth.value : (token ?? '');
    database.prepare(`UPDATE ${row.table} SET ${column} = ? WHERE label = ?`).run(stored, row.label);
    row.cells.set(column, { truth, writtenAt: step, firstToken: row.cells.get(column)?.firstToken ?? '' });
  }

  function change(row: KnownRow, { kind, place, under }: ForeignWrite, step: number): string {
    const columns = plannedTables[row.table];
    const column = columns[place % columns.length] ?? columns[0];
    const said = `${kind} ${row.label}.${column}`;
    if (kind === 'null' || kind === 'empty') {
      put(row, column, { truth: { kind: 'plain', value: kind === 'null' ? null : '' }, step });
      return said;
    }
    if (kind === 'update') {
      put(row, column, { ...sealNext(under), step });
      return `${said} under ${under}`;
    }
    const token = row.cells.get(column)?.firstToken ?? '';
    const opened = openToken(token);
    if (opened) put(row, column, { truth: { kind: 'sealed', plaintext: opened.plaintext }, token, step });
    return said;
  }

  function findCells(
    row: KnownRow,
    rowKey: string,
    stored: readonly (string | null)[],
  ): readonly FoundCell[] {
    const { table, label, insertedAt } = row;
    return plannedTables[table].map((column, index) => {
      const name = `${label}.${column}`;
      const { truth, writtenAt } = row.cells.get(column) ?? {
        truth: { kind: 'plain', value: null },
        writtenAt: 0,
      };
      const value = stored[index] ?? null;
      const opened = value === null ? undefined : openToken(value);
      refuseDifference(name, { truth, value, opened: opened?.plaintext });
      return {
        table,
        name,
        rowKey,
        stored: value,
        under: truth.kind === 'plain' ? 'none' : (opened?.under ?? 'none'),
        writtenAt,
        insertedAt,
      };
    });
  }

  function readEveryCell(): readonly FoundCell[] {
    const found = tables.flatMap((table) => {
      const rowKey = table === 'settings' ? "'t' || hex(key)" : 'CAST(rowid AS TEXT)';
      const stored = database
        .prepare(`SELECT ${rowKey}, label, ${plannedTables[table].join(', ')} FROM ${table}`)
        .raw()
        .all();
      return (stored as [string, string, ...(string | null)[]][]).map(([key, label, ...cells]) => ({
        key,
        label,
        cells,
      }));
    });
    if (found.length !== known.size) throw new Error(`there are ${found.length} rows, not ${known.size}`);
    return found.flatMap(({ key, label, cells }) => {
      const row = known.get(label);
      if (!row) throw new Error(`${label} is back although it was deleted`);
      return findCells(row, key, cells);
    });
  }

  for (const table of tables) for (let row = 0; row < rows; row += 1) insert(table, 'first', 0);
  for (const row of [...known.values()].slice(0, foreignCells)) {
    put(row, plannedTables[row.table][0], { truth: { kind: 'plain', value: sealForeign() }, step: 0 });
  }

  return {
    connection,
    get now() {
      return now;
    },
    get renumberedAt() {
      return renumberedAt;
    },
    moveClock(milliseconds) {
      now += milliseconds;
    },
    write(write, step) {
      const { kind, place, under } = write;
      if (kind === 'insert') {
        return `insert ${insert(tables[place % tables.length] ?? 'accounts', under, step)} under ${under}`;
      }
      if (kind === 'stray') {
        strays.push({ under, writtenAt: step });
        database.prepare('INSERT INTO journal VALUES (?)').run(sealNext(under).token);
        return `insert a stray cell under ${under}`;
      }
      const row = [...known.values()][place % Math.max(known.size, 1)];
      if (!row) return 'there is no row to write to';
      if (kind !== 'delete') return change(row, write, step);
      known.delete(row.label);
      database.prepare(`DELETE FROM ${row.table} WHERE label = ?`).run(row.label);
      return `delete ${row.label}`;
    },
    renumber(step) {
      renumberedAt = step;
      // A table that comes and goes raises the version of the schema, as VACUUM does.
      database.exec(
        'BEGIN; UPDATE notes SET rowid = -rowid - 1; CREATE TABLE passing (x); DROP TABLE passing; COMMIT',
      );
    },
    readCells: () => memory.recall('cells', readEveryCell),
    straysUnder: (key) => strays.filter(({ under }) => under === key).map(({ writtenAt }) => writtenAt),
    close() {
      connection.close();
    },
  };
}

/** Keys are spread, so that new rows come before, between and behind those that are there. */
function keyOf(table: PlannedTable, label: string): number | string {
  const place = createHash('sha256').update(label).digest().readUIntBE(0, 3);
  return table === 'settings' ? `k${place}` : place - 2 ** 23;
}

function refuseDifference(
  name: string,
  {
    truth,
    value,
    opened,
  }: { readonly truth: Truth; readonly value: string | null; readonly opened: string | undefined },
): void {
  if (truth.kind === 'plain') {
    if (value !== truth.value)
      throw new Error(`${name} should be ${String(truth.value)}, and is ${String(value)}`);
  } else if (opened !== truth.plaintext) {
    const found = opened === undefined ? 'opens under neither key' : `is "${opened}"`;
    throw new Error(`${name} should be "${truth.plaintext}", and ${found}`);
  }
}
