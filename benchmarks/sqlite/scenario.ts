import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { SecretKey } from '../../src/lib/keys/secret-key.ts';
import { makeKeys, type BenchmarkKeys } from '../key-files.ts';
import { batchRows, createSealer } from '../token-sealer.ts';

/** What is rotated: a table of Fernet tokens. */
export interface Scenario {
  readonly rows: number;
  /** Characters of one token. */
  readonly cellLength: number;
  /** Encrypted columns: `cell_1`, `cell_2` and so on. */
  readonly columns: number;
  /** `number`: INTEGER PRIMARY KEY; `text`: random UUIDs. */
  readonly keys: 'number' | 'text';
}

/** A scenario in words. */
export function nameScenario({ rows, cellLength, columns, keys }: Scenario): string {
  const cells = columns === 1 ? '' : `${String(columns)} columns of `;
  const keyed = keys === 'text' ? ', TEXT keys' : '';
  return `${rows.toLocaleString('en')} rows of ${cells}${String(cellLength)} characters${keyed}`;
}

/** The names of its encrypted columns. */
export function columnsOf({ columns }: Scenario): readonly string[] {
  return Array.from({ length: columns }, (_, index) => `cell_${String(index + 1)}`);
}

/** A scenario on disk, with its keys. */
export interface PreparedScenario extends Scenario, BenchmarkKeys {
  /** The database that every contestant gets a copy of. */
  readonly template: string;
}

/** Builds the scenario's database, in WAL mode and cleanly closed, and two keys. */
export function prepareScenario(folder: string, scenario: Scenario): PreparedScenario {
  const keys = makeKeys(folder);
  const template = join(folder, 'template.db');
  fill(template, scenario, new SecretKey(keys.oldKey));
  return { ...scenario, ...keys, template };
}

function fill(path: string, scenario: Scenario, key: SecretKey): void {
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = OFF');
  const columns = columnsOf(scenario);
  const keyType = scenario.keys === 'text' ? 'TEXT' : 'INTEGER';
  database.exec(`CREATE TABLE cells (id ${keyType} PRIMARY KEY, ${columns.join(' TEXT, ')} TEXT)`);
  database.exec('CREATE TABLE visits (id INTEGER PRIMARY KEY, page INTEGER)');
  const places = columns.map(() => '?').join(', ');
  const insert = database.prepare(`INSERT INTO cells VALUES (?, ${places})`);
  const seal = createSealer(key, scenario.cellLength);
  for (let done = 0; done < scenario.rows; done += batchRows) {
    const cells = columns.map(seal);
    database.exec('BEGIN');
    for (let row = 0; row < batchRows; row += 1) {
      const id = scenario.keys === 'text' ? randomUUID() : done + row + 1;
      insert.run(id, ...cells.map((column) => column[row]));
    }
    database.exec('COMMIT');
  }
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}
