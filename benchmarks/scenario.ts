import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { fernet } from '../src/lib/formats/fernet/fernet.ts';
import { SecretKey } from '../src/lib/keys/secret-key.ts';

/** What is rotated: a table of Fernet tokens. */
export interface Scenario {
  readonly name: string;
  readonly rows: number;
  /** Characters of one token. */
  readonly cellLength: number;
}

/** A scenario on disk, with its keys. */
export interface PreparedScenario extends Scenario {
  /** The database that every contestant gets a copy of. */
  readonly template: string;
  readonly oldKeyFile: string;
  readonly newKeyFile: string;
  readonly oldKey: string;
  readonly newKey: string;
}

const batchRows = 1000;

/** Builds the scenario's database, in WAL mode and cleanly closed, and two keys. */
export function prepareScenario(folder: string, scenario: Scenario): PreparedScenario {
  const [oldBytes, newBytes] = [randomBytes(32), randomBytes(32)];
  const [oldKey, newKey] = [encodeKey(oldBytes), encodeKey(newBytes)];
  const path = (name: string): string => join(folder, `${scenario.name.replaceAll(' ', '-')}-${name}`);
  writeFileSync(path('old.key'), oldKey, { mode: 0o600 });
  writeFileSync(path('new.key'), newKey, { mode: 0o600 });
  fill(path('template.db'), scenario, new SecretKey(oldBytes));
  return {
    ...scenario,
    template: path('template.db'),
    oldKeyFile: path('old.key'),
    newKeyFile: path('new.key'),
    oldKey,
    newKey,
  };
}

function fill(path: string, { rows, cellLength }: Scenario, key: SecretKey): void {
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = OFF');
  database.exec('CREATE TABLE cells (id INTEGER PRIMARY KEY, cell TEXT)');
  const insert = database.prepare('INSERT INTO cells (cell) VALUES (?)');
  const cipher = fernet.bind(key);
  const plainLength = plaintextLengthOf(cellLength);
  const bytes = randomBytes(plainLength * batchRows);
  const starts = Uint32Array.from({ length: batchRows }, (_, index) => index * plainLength);
  const plaintexts = {
    bytes,
    starts,
    ends: starts.map((start) => start + plainLength),
    timestamps: new BigUint64Array(batchRows),
  };
  const classes = Array.from({ length: batchRows }, () => 'text' as const);
  for (let done = 0; done < rows; done += batchRows) {
    database.exec('BEGIN');
    for (const cell of cipher.sealBatch(plaintexts, classes)) insert.run(cell);
    database.exec('COMMIT');
  }
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

/** The longest plaintext whose token has this many characters: 57 bytes around blocks of 16, in base64. */
function plaintextLengthOf(cellLength: number): number {
  const tokenBytes = (cellLength / 4) * 3;
  return Math.floor((tokenBytes - 57) / 16) * 16 - 1;
}

function encodeKey(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
