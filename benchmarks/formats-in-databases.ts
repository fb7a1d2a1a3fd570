import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { encodeByteaArray, encodeTextArray } from '../src/lib/databases/postgres/connection/binary-array.ts';
import type { CellCipher, CellFormat } from '../src/lib/formats/cell-format.ts';
import { formatNamed } from '../src/lib/formats/format-named.ts';
import { formatFamilies } from '../src/lib/formats/registry.ts';
import { SecretKey } from '../src/lib/keys/secret-key.ts';
import { encodeRowKey } from '../src/lib/model/cells/cell-places.ts';
import type { CellValue } from '../src/lib/model/cells/stored-value.ts';
import { onClient } from '../test/support/postgres/on-client.ts';
import { startPostgresServer } from '../test/support/postgres/postgres-server.ts';
import { writeKeyFile } from './key-files.ts';
import { measureRun } from './measured-command.ts';
import { encodeKey } from './token-sealer.ts';

const rows = 100_000;
const plaintextBytes = 100;
const batchRows = 1000;

/** A table of cells that are all of one format, with the keys of its rotation. */
interface FormatScenario {
  readonly format: CellFormat;
  readonly folder: string;
  readonly flags: readonly string[];
  /** The cells of rows `first + 1` and following. */
  readonly cellsFrom: (first: number) => readonly CellValue[];
}

/** What `keyturn rotate --exclusive` takes for a value of every format in a table of each database, as printed lines. */
export async function measureInDatabases(nameBegins: string): Promise<void> {
  const server = await startPostgresServer({ writes: 'durable' });
  try {
    for (const { name } of formatFamilies.filter((family) => family.name.startsWith(nameBegins))) {
      const folder = mkdtempSync(join(tmpdir(), 'keyturn-formats-'));
      const scenario = prepare(formatNamed(name), folder);
      const sqlite = await measureRotation(scenario, `sqlite:${fillSqlite(scenario)}`);
      const postgres = await measureRotation(scenario, await fillPostgres(scenario, server.url('postgres')));
      console.log(`${scenario.format.name.padEnd(62)} SQLite ${sqlite}   PostgreSQL ${postgres}`);
      rmSync(folder, { recursive: true, force: true });
    }
  } finally {
    await server.close();
  }
}

function prepare(format: CellFormat, folder: string): FormatScenario {
  const [oldKey, newKey] = [makeKey(format), makeKey(format)];
  const paths = [join(folder, 'old.key'), join(folder, 'new.key')] as const;
  writeKeyFile(paths[0], oldKey.written);
  writeKeyFile(paths[1], newKey.written);
  const cipher = format.bind(oldKey.key);
  // What has no integrity is left behind by every rotation.
  const target = format.integrity === 'none' ? ['--to-format', 'fernet'] : [];
  const keys = ['--old-key', `file:${paths[0]}`, '--new-key', `file:${paths[1]}`];
  return {
    format,
    folder,
    flags: [...keys, '--format', format.name, ...target, '--column', 'notes.secret'],
    cellsFrom: (first) => sealSome(format, cipher, first),
  };
}

function makeKey({ keyBytes, keyShape }: CellFormat): { readonly key: SecretKey; readonly written: string } {
  const written = encodeKey(randomBytes(keyBytes));
  return {
    key: new SecretKey(Buffer.from(written, keyShape === 'master string' ? 'utf8' : 'base64url')),
    written,
  };
}

function sealSome(format: CellFormat, cipher: CellCipher, first: number): readonly CellValue[] {
  const starts = Uint32Array.from({ length: batchRows }, (_, row) => row * plaintextBytes);
  const plaintexts = {
    bytes: Buffer.from(randomBytes((batchRows * plaintextBytes) / 2).toString('hex')),
    starts,
    ends: starts.map((start) => start + plaintextBytes),
    timestamps: new BigUint64Array(batchRows),
  };
  const cellClass = format.classes[0] ?? 'text';
  return cipher.sealBatch(
    plaintexts,
    Array.from({ length: batchRows }, () => cellClass),
    {
      table: 'notes',
      column: 'secret',
      rows: Array.from({ length: batchRows }, (_, row) => encodeRowKey([BigInt(first + row + 1)])),
    },
  );
}

function fillSqlite({ folder, cellsFrom }: FormatScenario): string {
  const path = join(folder, 'notes.db');
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.exec('CREATE TABLE notes(id INTEGER PRIMARY KEY, secret)');
  const insert = database.prepare('INSERT INTO notes VALUES (?, ?)');
  for (let first = 0; first < rows; first += batchRows) {
    database.transaction(() => {
      for (const [row, cell] of cellsFrom(first).entries()) insert.run(first + row + 1, cell);
    })();
  }
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
  return path;
}

async function fillPostgres({ format, cellsFrom }: FormatScenario, url: string): Promise<string> {
  const type = format.classes[0] === 'blob' ? 'bytea' : 'text';
  await onClient(url, async (client) => {
    await client.query('DROP SCHEMA IF EXISTS keyturn CASCADE');
    await client.query('DROP TABLE IF EXISTS notes');
    await client.query(`CREATE TABLE notes(id bigint PRIMARY KEY, secret ${type} NOT NULL)`);
    for (let first = 0; first < rows; first += batchRows) {
      const cells = cellsFrom(first);
      const array =
        type === 'text' ? encodeTextArray(cells.map(String)) : encodeByteaArray(cells.map(bytesOf));
      await client.query(
        `INSERT INTO notes SELECT $1 + place, cell FROM unnest($2::${type}[]) WITH ORDINALITY AS fresh(cell, place)`,
        [first, array],
      );
    }
    await client.query('VACUUM (FREEZE, ANALYZE) notes');
    await client.query('CHECKPOINT');
  });
  return url;
}

function bytesOf(cell: CellValue): Buffer {
  return Buffer.from(cell as Uint8Array);
}

async function measureRotation({ flags }: FormatScenario, database: string): Promise<string> {
  const { rewritten, secondsOf } = await measureRun([
    ...['rotate', '--database', database, ...flags, '--exclusive', '--no-backup'],
  ]);
  if (rewritten !== rows) throw new Error(`${String(rewritten)} cells were rewritten`);
  return `${((secondsOf('execute') * 1e6) / rows).toFixed(1).padStart(5)} us`;
}
