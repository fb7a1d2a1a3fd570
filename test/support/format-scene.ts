import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { formatNamed } from '../../src/lib/formats/format-named.ts';
import { generateKey } from '../../src/lib/keys/material/generate-key.ts';
import { keyAsText } from '../../src/lib/keys/material/key-as-text.ts';
import type { SecretKey } from '../../src/lib/keys/secret-key.ts';
import { encodeRowKey, type CellPlaces } from '../../src/lib/model/cells/cell-places.ts';
import type { CellClass, CellValue, StoredValue } from '../../src/lib/model/cells/stored-value.ts';
import type { FormatName } from '../../src/lib/model/columns/column-state.ts';
import { plainBatchOf, plaintextOf } from '../unit/formats/batches.ts';

/** A database with cells of one format, and a key for it and for another one. */
export interface FormatScene {
  readonly folder: string;
  readonly path: string;
  readonly keys: { readonly old: SecretKey; readonly new: SecretKey };
  /** Every cell in the order of its rows. */
  cells(): readonly StoredValue[];
  /** What each cell opens to; `null` where it does not. */
  open(format: FormatName, key: SecretKey): readonly (string | null)[];
  remove(): void;
}

/** What a scene's table holds: values to seal, and cells to store as they are. */
export interface FormatSceneOptions {
  readonly from: FormatName;
  readonly to: FormatName;
  readonly classes: readonly CellClass[];
  readonly values: readonly string[];
  readonly others: readonly StoredValue[];
}

/** Makes a database `cells.db` with a table `t(id, cell)`: every value in every class, sealed, then all others. */
export function createFormatScene({ from, to, classes, values, others }: FormatSceneOptions): FormatScene {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-formats-'));
  const path = join(folder, 'cells.db');
  const keys = { old: generateKey(formatNamed(from)), new: generateKey(formatNamed(to)) };
  for (const role of ['old', 'new'] as const) {
    const { keyShape } = formatNamed(role === 'old' ? from : to);
    const text =
      keyShape === 'master string' ? keys[role].use((bytes) => Buffer.from(bytes)) : keyAsText(keys[role]);
    writeFileSync(join(folder, `${role}.key`), text, { mode: 0o600 });
  }
  const sealed = classes.flatMap((cellClass, index) =>
    sealValues(from, keys.old, { values, cellClass, firstRow: index * values.length + 1 }),
  );
  const database = new Database(path);
  database.exec('CREATE TABLE t(id INTEGER PRIMARY KEY, cell TEXT)');
  const insert = database.prepare('INSERT INTO t(cell) VALUES (?)');
  for (const cell of [...sealed, ...others]) insert.run(cell);
  database.close();
  const cells = (): readonly StoredValue[] => readCells(path);
  return {
    folder,
    path,
    keys,
    cells,
    open: (format, key) => openCells(format, key, cells()),
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface ValuesToSeal {
  readonly values: readonly string[];
  readonly cellClass: CellClass;
  readonly firstRow: number;
}

/** Where the cells of some rows stand, one after the other. */
function placesFrom(firstRow: number, rows: number): CellPlaces {
  const keys = Array.from({ length: rows }, (_, index) => encodeRowKey([BigInt(firstRow + index)]));
  return { table: 't', column: 'cell', rows: keys };
}

function sealValues(
  format: FormatName,
  key: SecretKey,
  { values, cellClass, firstRow }: ValuesToSeal,
): readonly CellValue[] {
  const plaintexts = plainBatchOf(values.map((value) => Buffer.from(value)));
  return formatNamed(format)
    .bind(key)
    .sealBatch(
      plaintexts,
      values.map(() => cellClass),
      placesFrom(firstRow, values.length),
    );
}

function readCells(path: string): readonly StoredValue[] {
  const database = new Database(path, { readonly: true });
  try {
    return database.prepare('SELECT cell FROM t ORDER BY id').pluck().all() as StoredValue[];
  } finally {
    database.close();
  }
}

function openCells(
  format: FormatName,
  key: SecretKey,
  cells: readonly StoredValue[],
): readonly (string | null)[] {
  const cipher = formatNamed(format).bind(key);
  return cells.map((cell, index) => {
    if (typeof cell !== 'string' && !Buffer.isBuffer(cell)) return null;
    const opened = cipher.openBatch([cell], placesFrom(index + 1, 1));
    return opened.outcomes[0] === 'opened' ? plaintextOf(opened, 0).toString() : null;
  });
}
