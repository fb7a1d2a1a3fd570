/**
 * An application that writes to the database while keyturn runs: one small transaction every few milliseconds, until
 * its stdin ends. Usage: foreground-writer.ts DATABASE. Prints how long its transactions took, as JSON.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';

const pauseMilliseconds = 5;

const database = new Database(process.argv[2] ?? '', { fileMustExist: true, timeout: 30_000 });
database.pragma('synchronous = FULL');
const insert = database.prepare('INSERT INTO visits (page) VALUES (?)');
const stop = new AbortController();
process.stdin.on('end', () => {
  stop.abort();
});
process.stdin.resume();

const milliseconds: number[] = [];
while (!stop.signal.aborted) {
  const started = performance.now();
  database.exec('BEGIN IMMEDIATE');
  insert.run(milliseconds.length);
  database.exec('COMMIT');
  milliseconds.push(performance.now() - started);
  await sleep(pauseMilliseconds);
}
database.close();
milliseconds.sort((one, other) => one - other);
const percentile = (share: number): number =>
  milliseconds[Math.min(Math.floor(milliseconds.length * share), milliseconds.length - 1)] ?? 0;
console.log(JSON.stringify({ p50: percentile(0.5), p99: percentile(0.99), longest: percentile(1) }));
