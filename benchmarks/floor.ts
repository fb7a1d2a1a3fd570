/**
 * The floor of a rewrite in SQLite: a prepared UPDATE per row with values that are ready, 1,000 rows a transaction.
 * Usage: floor.ts DATABASE CELL_LENGTH COLUMN,... Prints the same JSON as every contestant.
 */
import Database from 'better-sqlite3';

const [path = '', cellLength = '0', columns = ''] = process.argv.slice(2);
const transactionRows = 1000;

const database = new Database(path, { fileMustExist: true });
database.pragma('synchronous = FULL');
const names = columns.split(',');
const rows = database.prepare<[], number>('SELECT max(rowid) FROM cells').pluck().get() ?? 0;
const ready = Array.from({ length: transactionRows }, (_, index) =>
  names.map(() => String(index).padStart(Number(cellLength), 'r')),
);
const assignments = names.map((name) => `${name} = ?`).join(', ');
const update = database.prepare(`UPDATE cells SET ${assignments} WHERE rowid = ?`);

const cpuBefore = process.cpuUsage();
const started = performance.now();
for (let first = 1; first <= rows; first += transactionRows) {
  database.exec('BEGIN IMMEDIATE');
  for (let offset = 0; offset < transactionRows && first + offset <= rows; offset += 1) {
    update.run(...(ready[offset] ?? []), first + offset);
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
