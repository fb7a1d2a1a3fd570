/**
 * The floor of a rewrite in SQLite: a prepared UPDATE per row with values that are ready, 1,000 rows a transaction.
 * Usage: floor.ts DATABASE TABLE COLUMN:LENGTH,... A column takes text of so many characters; with `b` behind the length it takes
 * bytes that differ in each row, for the sake of an index over them. Prints the same JSON as every contestant.
 */
import { randomBytes } from 'node:crypto';
import Database from 'better-sqlite3';

const [path = '', table = '', columns = ''] = process.argv.slice(2);
const transactionRows = 1000;

const database = new Database(path, { fileMustExist: true });
database.pragma('synchronous = FULL');
const wanted = columns.split(',').map((column) => {
  const {
    name = '',
    length = '0',
    bytes,
  } = /^(?<name>\w+):(?<length>\d+)(?<bytes>b?)$/u.exec(column)?.groups ?? {};
  return { name, length: Number(length), takes: bytes === 'b' ? 'bytes' : 'text' } as const;
});
const rows = database.prepare<[], number>(`SELECT max(rowid) FROM ${table}`).pluck().get() ?? 0;
const ready = wanted.map(({ length, takes }): ((row: number) => string | Buffer) => {
  if (takes === 'bytes') {
    const bytes = randomBytes(rows * length);
    return (row) => bytes.subarray((row - 1) * length, row * length);
  }
  const texts = Array.from({ length: transactionRows }, (_, index) => String(index).padStart(length, 'r'));
  return (row) => texts[row % transactionRows] ?? '';
});
const parameters: (string | Buffer | number)[] = [];
const assignments = wanted.map(({ name }) => `${name} = ?`).join(', ');
const update = database.prepare(`UPDATE ${table} SET ${assignments} WHERE rowid = ?`);

const cpuBefore = process.cpuUsage();
const started = performance.now();
for (let first = 1; first <= rows; first += transactionRows) {
  database.exec('BEGIN IMMEDIATE');
  for (let offset = 0; offset < transactionRows && first + offset <= rows; offset += 1) {
    const row = first + offset;
    ready.forEach((valueOf, place) => {
      parameters[place] = valueOf(row);
    });
    parameters[ready.length] = row;
    update.run(...parameters);
  }
  database.exec('COMMIT');
}
const seconds = (performance.now() - started) / 1000;
const cpu = process.cpuUsage(cpuBefore);
database.close();
console.log(
  JSON.stringify({
    seconds,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    peakKibibytes: process.resourceUsage().maxRSS,
  }),
);
