import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Measurement } from '../measurement.ts';
import { copyToDisk } from '../sqlite/copy-to-disk.ts';
import { floorOf, keyturn, type Contestant, type EncryptionKeys } from './contestant.ts';
import { addedColumns, cellCharacters, indexBytes, ways, type EncryptionWay } from './way.ts';

const floorScript = join(import.meta.dirname, '../sqlite/floor.ts');

/** Everybody who takes part on SQLite; the location is the path of a file. */
export function sqliteContestants(keys: EncryptionKeys): readonly Contestant[] {
  return ways.flatMap((way) => [floor(way), keyturn(way, keys, ['--no-backup'])]);
}

/** Makes a file of plaintext rows, in WAL mode and cleanly closed; what is returned lets a contestant work on a copy of it. */
export function prepareSqlite(
  folder: string,
  rows: number,
): (contestant: Contestant) => Promise<Measurement> {
  const [template, copy] = [join(folder, 'template.db'), join(folder, 'copy.db')];
  const database = new Database(template);
  database.pragma('journal_mode = WAL');
  database.exec('CREATE TABLE people(id INTEGER PRIMARY KEY, email TEXT)');
  database
    .prepare(
      `INSERT INTO people(email)
       WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
       SELECT printf('person.%08d@mail-%02d.example.org', n, n % 97) FROM numbers`,
    )
    .run(rows);
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
  return async (contestant) => {
    copyToDisk(template, copy);
    try {
      return await contestant.run(copy);
    } finally {
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${copy}${suffix}`, { force: true });
    }
  };
}

/** A prepared UPDATE of the same columns, with the same index to keep up. */
function floor(way: EncryptionWay): Contestant {
  const columns = [
    `${way.cells}:${String(cellCharacters)}`,
    ...(way.index === 'none' ? [] : [`email_bidx:${String(indexBytes)}b`]),
  ];
  return {
    name: floorOf(way),
    floor: floorOf(way),
    run(path) {
      const database = new Database(path);
      for (const column of addedColumns(way, { text: 'TEXT', bytes: 'BLOB' }))
        database.exec(`ALTER TABLE people ADD COLUMN ${column}`);
      if (way.index === 'blind')
        database.exec('CREATE INDEX by_bidx ON people(email_bidx) WHERE email_bidx IS NOT NULL');
      const rows = database.prepare<[], number>('SELECT count(*) FROM people').pluck().get() ?? 0;
      database.close();
      const output = execFileSync(process.execPath, [floorScript, path, 'people', columns.join(',')]);
      const { seconds, cpuSeconds } = JSON.parse(output.toString()) as Record<string, number>;
      const details = { 'CPU us/row': ((cpuSeconds ?? 0) / rows) * 1e6 };
      return Promise.resolve({ rows, seconds: seconds ?? 0, details });
    },
  };
}
