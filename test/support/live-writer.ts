/**
 * An application that goes on writing while keyturn runs, as a process of its own. Each of its transactions writes
 * cells together with their truth. It takes orders as lines on stdin (`old`, `new`, `mixed`: the keys it writes
 * under from now on; `stop`) and answers each with the same word; at its end it prints one line of JSON.
 *
 *     node live-writer.ts '{"path": "fleet.db", "keys": "old", "pauseMilliseconds": 5}'
 */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { testKeys } from './fleet-database.ts';
import {
  digestOf,
  liveTables,
  openUnderEither,
  placeOf,
  type LiveContent,
  type LiveKey,
  type LiveTable,
} from './live-truth.ts';
import { sealReference } from './reference-fernet.ts';

/** Under which key a writer writes. */
export type WriterKeys = 'old' | 'new' | 'mixed';

/** How a writer behaves. */
export interface WriterOrders {
  readonly path: string;
  readonly keys: WriterKeys;
  /** Between two transactions. */
  readonly pauseMilliseconds: number;
}

/** What a writer has seen. Times are those of whole transactions, BEGIN IMMEDIATE to COMMIT, in milliseconds. */
export interface WriterReport {
  readonly transactions: number;
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** Transactions that SQLite refused after its busy timeout. */
  readonly refused: number;
  /** Cells that were not what the truth table said when the writer read them. */
  readonly surprises: readonly string[];
}

const orders = JSON.parse(process.argv[2] ?? '{}') as WriterOrders;
const database = new Database(orders.path, { timeout: 5000 });
database.defaultSafeIntegers();
// What Python's module leaves standing, and better-sqlite3 lowers.
database.pragma('synchronous = FULL');

const stop = new AbortController();
let keys = orders.keys;
let version = 0;
const surprises: string[] = [];
const times: number[] = [];
let refused = 0;

const truth = {
  write: database.prepare('INSERT OR REPLACE INTO live_truth VALUES (?, ?)'),
  erase: database.prepare('DELETE FROM live_truth WHERE place = ?'),
  read: database.prepare<[string], string>('SELECT digest FROM live_truth WHERE place = ?').pluck(),
};

interface Cell {
  readonly table: LiveTable;
  readonly key: LiveKey;
  readonly column: string;
}

function chance(share: number): boolean {
  return Math.random() < share;
}

function nextContent(): { readonly plaintext: string } {
  version += 1;
  return { plaintext: JSON.stringify({ writer: process.pid, version, filling: 'x'.repeat(version % 200) }) };
}

function seal(content: LiveContent): string | null {
  if (content === null || content === '') return content;
  const role = keys === 'mixed' ? (chance(0.5) ? 'old' : 'new') : keys;
  return sealReference(testKeys[role], Buffer.from(content.plaintext));
}

function whereKey(table: LiveTable): string {
  return liveTables[table].key.map((column) => `${column} = ?`).join(' AND ');
}

/** Any row of a table: its key, by a jump to a random rowid, or to a random word in front of a primary key. */
function anyKey(table: LiveTable): LiveKey | undefined {
  const columns = liveTables[table].key.join(', ');
  if (table === 'site_secrets') {
    return database
      .prepare<[], LiveKey>(`SELECT ${columns} FROM ${table} ORDER BY random() LIMIT 1`)
      .raw()
      .get();
  }
  const most = database.prepare<[], bigint | null>(`SELECT max(rowid) FROM ${table}`).pluck().get() ?? 0n;
  const from = BigInt(Math.floor(Math.random() * Number(most)));
  return database
    .prepare<[bigint], LiveKey>(`SELECT ${columns} FROM ${table} WHERE rowid > ? LIMIT 1`)
    .raw()
    .get(from);
}

function updateCell({ table, key, column }: Cell, content: LiveContent): void {
  database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${whereKey(table)}`).run(seal(content), ...key);
  truth.write.run(placeOf(table, key, column), digestOf(content));
}

function insertRow(table: LiveTable, values: Readonly<Record<string, unknown>>, key?: LiveKey): void {
  const { key: keyColumns, cells } = liveTables[table];
  const contents = cells.map((): LiveContent => (chance(0.1) ? '' : nextContent()));
  const named = Object.entries(values);
  const columns = [...(key === undefined ? [] : keyColumns), ...cells, ...named.map(([name]) => name)];
  const { lastInsertRowid } = database
    .prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
    .run(...(key ?? []), ...contents.map(seal), ...named.map(([, value]) => value));
  const written = key ?? [BigInt(lastInsertRowid)];
  cells.forEach((column, index) => {
    truth.write.run(placeOf(table, written, column), digestOf(contents[index] ?? null));
  });
}

function deleteRow(table: LiveTable, key: LiveKey): void {
  database.prepare(`DELETE FROM ${table} WHERE ${whereKey(table)}`).run(...key);
  for (const column of liveTables[table].cells) truth.erase.run(placeOf(table, key, column));
}

/** Reads a cell under either key, and writes a later version of it: what a lost update would show in. */
function readAndUpdate(cell: Cell): void {
  const { table, key, column } = cell;
  const stored = database
    .prepare(`SELECT ${column} FROM ${table} WHERE ${whereKey(table)}`)
    .pluck()
    .get(...key);
  const place = placeOf(table, key, column);
  const opened = openUnderEither(stored);
  if (opened === 'unreadable' || digestOf(opened.content) !== truth.read.get(place)) surprises.push(place);
  updateCell(cell, nextContent());
}

const tables = Object.keys(liveTables) as LiveTable[];

/** One to three changes, as a fleet's reports, commands and trimming make them. */
function change(): void {
  const table = tables[Math.floor(Math.random() * tables.length)] ?? 'metrics_history';
  const key = anyKey(table);
  if (key) {
    const columns = liveTables[table].cells;
    const column = columns[Math.floor(Math.random() * columns.length)] ?? columns[0];
    if (chance(0.7)) readAndUpdate({ table, key, column });
    else if (chance(0.5)) updateCell({ table, key, column }, '');
    else if (table === 'commands') replaceCommand(key);
  }
  if (chance(0.5)) insertRow('metrics_history', { machine_id: 'machine-1', timestamp: 'now' });
  if (chance(0.3)) deleteRow('metrics_history', anyKey('metrics_history') ?? []);
}

/** The same primary key in a new row, at another place. */
function replaceCommand(key: LiveKey): void {
  deleteRow('commands', key);
  insertRow('commands', { machine_id: 'machine-1', action: 'again', status: 'new' }, key);
}

function transact(): void {
  const started = performance.now();
  try {
    database.transaction(change).immediate();
    times.push(performance.now() - started);
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
    refused += 1;
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

createInterface({ input: process.stdin })
  .on('line', (order) => {
    if (order === 'stop') stop.abort();
    else keys = order as WriterKeys;
    say(order);
  })
  .on('close', () => {
    stop.abort();
  });

while (!stop.signal.aborted) {
  transact();
  if (times.length === 1) say('writing');
  await sleep(orders.pauseMilliseconds);
}
database.close();
process.stdin.destroy();
times.sort((one, other) => one - other);
const at = (share: number): number =>
  Math.round((times[Math.floor(share * (times.length - 1))] ?? 0) * 10) / 10;
const report: WriterReport = {
  transactions: times.length,
  p50: at(0.5),
  p99: at(0.99),
  longest: at(1),
  refused,
  surprises,
};
say(JSON.stringify(report));
