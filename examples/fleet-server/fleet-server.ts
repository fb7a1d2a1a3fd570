import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createFernet, generateKey } from './fernet.ts';
import { fleetRows, type TableRows } from './fleet-rows.ts';
import { encryptedTables, schema, type EncryptedTable } from './fleet-tables.ts';

/** The fleet server's files. */
export const configFile = 'config.yaml';
export const databaseFile = 'fleet_data.sqlite3';

/** What the fleet server finds when it reads its whole database, trying one key after the other. */
export interface FleetContent {
  readonly rows: number;
  /** How many cells each key opened, in the order of the keys. */
  readonly opened: readonly number[];
  readonly unreadable: number;
  /** Of every cell's plaintext with its place; NULL and the empty string count as what they are. */
  readonly digest: string;
}

/** Sets a fleet server up in an empty folder: its configuration with a new key, and its database under that key. */
export function installFleetServer(folder: string): void {
  const key = generateKey();
  const config = `server:\n  port: 8768\n  db_encryption_key: "${key}"\n  db_path: "${databaseFile}"\n`;
  writeFileSync(join(folder, configFile), config, { mode: 0o600 });
  const database = new Database(join(folder, databaseFile));
  database.pragma('journal_mode = WAL');
  database.exec(schema);
  const insertAll = database.transaction(() => {
    for (const { table, rows } of fleetRows(createFernet(key))) insertRows(database, { table, rows });
  });
  insertAll();
  database.close();
}

function insertRows(database: Database.Database, { table, rows }: TableRows): void {
  let insert: Database.Statement | undefined;
  for (const row of rows) {
    const names = Object.keys(row);
    insert ??= database.prepare(
      `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`,
    );
    insert.run(row);
  }
}

/** The key in the configuration. */
export function configuredKey(folder: string): string {
  const key = /db_encryption_key: "(.*)"/.exec(readFileSync(join(folder, configFile), 'utf8'))?.[1];
  if (key === undefined) throw new Error(`${configFile} has no db_encryption_key`);
  return key;
}

/** Reads every encrypted cell as the fleet server would, with its own Fernet and none of keyturn's code. */
export function readFleet(folder: string, keys: readonly string[]): FleetContent {
  const ciphers = keys.map(createFernet);
  const database = new Database(join(folder, databaseFile), { readonly: true, fileMustExist: true });
  const digest = createHash('sha256');
  const opened = keys.map(() => 0);
  let rows = 0;
  let unreadable = 0;
  for (const target of encryptedTables) {
    for (const { place, cells } of readRows(database, target)) {
      rows += 1;
      const contents = cells.map((cell) => {
        if (cell === null || cell === '') return cell;
        const plaintexts = ciphers.map((cipher) => cipher.open(cell));
        const key = plaintexts.findIndex((plaintext) => plaintext !== undefined);
        if (key === -1) unreadable += 1;
        else opened[key] = (opened[key] ?? 0) + 1;
        return plaintexts[key];
      });
      digest.update(JSON.stringify([target.table, place, contents]));
    }
  }
  database.close();
  return { rows, opened, unreadable, digest: digest.digest('hex') };
}

interface FleetRow {
  readonly place: number;
  readonly cells: readonly (string | null)[];
}

function* readRows(database: Database.Database, { table, columns }: EncryptedTable): Generator<FleetRow> {
  const select = database.prepare<[], [number, ...(string | null)[]]>(
    `SELECT rowid, ${columns.join(', ')} FROM ${table} ORDER BY rowid`,
  );
  for (const [place, ...cells] of select.raw().iterate() as Iterable<[number, ...(string | null)[]]>) {
    yield { place, cells };
  }
}
