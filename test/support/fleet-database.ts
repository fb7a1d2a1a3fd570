import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { sealReference } from './reference-fernet.ts';

/** What a cell must be, whichever key it is under: a token's plaintext and storage class, or a plain value. */
export type ExpectedCell =
  | {
      readonly kind: 'token';
      readonly plaintext: string;
      readonly stored: 'text' | 'blob';
      readonly timestamp: bigint;
    }
  | { readonly kind: 'plain'; readonly value: PlainValue };

type PlainValue = string | bigint | null;

/** One row of the truth: `identity` names it by columns that no rotation changes. */
export interface ExpectedRow {
  readonly table: string;
  readonly identity: Readonly<Record<string, string | bigint>>;
  readonly cells: Readonly<Record<string, ExpectedCell>>;
}

/** Everything a fleet database holds. */
export interface FleetTruth {
  readonly rows: readonly ExpectedRow[];
}

/** Rows of each table. */
export type FleetSizes = Record<keyof typeof schemas, number>;

/** Where the database is made and how. */
export interface FleetOptions {
  readonly path: string;
  readonly key: Uint8Array;
  readonly sizes?: Partial<FleetSizes>;
  readonly journalMode?: 'wal' | 'delete';
}

/** The six tables of the fleet server, and four with the kinds of keys that real databases also have. */
const schemas = {
  machines: `machine_id TEXT PRIMARY KEY, info_json_encrypted TEXT, first_seen TEXT, last_seen TEXT, status TEXT,
    latest_metrics_json_encrypted TEXT`,
  metrics_history:
    'id INTEGER PRIMARY KEY AUTOINCREMENT, machine_id TEXT, timestamp TEXT, metrics_json_encrypted TEXT',
  commands: `id TEXT PRIMARY KEY, machine_id TEXT, action TEXT, params_json_encrypted TEXT, status TEXT,
    created_at TEXT, executed_at TEXT, result_json_encrypted TEXT`,
  widget_logs: `id INTEGER PRIMARY KEY AUTOINCREMENT, machine_id TEXT, timestamp TEXT, log_level TEXT,
    widget_type TEXT, message_encrypted TEXT, data_encrypted TEXT`,
  agent_db_keys: 'machine_id TEXT PRIMARY KEY, key_encrypted TEXT NOT NULL, updated_at TEXT NOT NULL',
  export_logs: `id INTEGER PRIMARY KEY AUTOINCREMENT, encrypted INTEGER, encryption_mode TEXT, filename TEXT,
    data_encrypted TEXT`,
  site_secrets: `site TEXT NOT NULL, slot INTEGER NOT NULL, secret_encrypted TEXT NOT NULL, note TEXT,
    PRIMARY KEY (site, slot)`,
  notes: 'reference TEXT, body_encrypted TEXT',
  far_samples: 'id INTEGER PRIMARY KEY, value_encrypted TEXT',
  attachments: 'id INTEGER PRIMARY KEY, content_encrypted TEXT',
} as const;

const smallFleet: FleetSizes = {
  machines: 20,
  metrics_history: 60,
  commands: 30,
  widget_logs: 40,
  agent_db_keys: 20,
  export_logs: 10,
  site_secrets: 20,
  notes: 20,
  far_samples: 20,
  attachments: 20,
};

/** Sizes in which most rows are metrics, as in a real fleet, and every table is more than a few rows. */
export function fleetSizes(metrics: number): FleetSizes {
  const share = (part: number): number => Math.max(10, Math.round(metrics * part));
  return {
    machines: share(0.02),
    metrics_history: metrics,
    commands: share(0.1),
    widget_logs: share(0.2),
    agent_db_keys: share(0.02),
    export_logs: share(0.02),
    site_secrets: share(0.05),
    notes: share(0.05),
    far_samples: share(0.05),
    attachments: share(0.05),
  };
}

/** Creates the file, every cell under `key`, and returns what it holds. */
export function createFleetDatabase({ path, key, sizes, journalMode = 'wal' }: FleetOptions): FleetTruth {
  const rows = expectedRows({ ...smallFleet, ...sizes });
  const database = new Database(path);
  database.pragma(`journal_mode = ${journalMode}`);
  database.transaction(() => {
    for (const [table, columns] of Object.entries(schemas)) {
      const kind = table === 'site_secrets' ? 'WITHOUT ROWID' : '';
      database.exec(`CREATE TABLE ${table} (${columns}) ${kind}`);
    }
    for (const row of rows) insertRow(database, row, key);
  })();
  database.close();
  return { rows };
}

/** Three keys that look random and are the same in every run. */
export const testKeys = { old: keyOf('old'), new: keyOf('new'), third: keyOf('third') } as const;

function keyOf(name: string): Buffer {
  return createHash('sha256').update(`keyturn test key: ${name}`).digest();
}

/** Writes a key as Fernet keys are written, into a file that only its owner can read, and returns the reference. */
export function writeFernetKeyFile(path: string, key: Uint8Array): string {
  writeFileSync(path, fernetKeyText(key), { mode: 0o600 });
  return `file:${path}`;
}

/** A key in the 44 characters of a Fernet key. */
export function fernetKeyText(key: Uint8Array): string {
  return Buffer.from(key).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

function insertRow(database: Database.Database, row: ExpectedRow, key: Uint8Array): void {
  const values: Record<string, unknown> = { ...row.identity };
  for (const [column, cell] of Object.entries(row.cells)) values[column] = storedForm(cell, key);
  const columns = Object.keys(values);
  const places = columns.map(() => '?').join(', ');
  database
    .prepare(`INSERT INTO ${row.table} (${columns.join(', ')}) VALUES (${places})`)
    .run(Object.values(values));
}

function storedForm(cell: ExpectedCell, key: Uint8Array): string | bigint | Buffer | null {
  if (cell.kind === 'plain') return cell.value;
  const token = sealReference(key, Buffer.from(cell.plaintext), { timestamp: cell.timestamp });
  return cell.stored === 'blob' ? Buffer.from(token) : token;
}

function expectedRows(sizes: FleetSizes): readonly ExpectedRow[] {
  return Object.entries(rowMakers).flatMap(([table, make]) =>
    Array.from({ length: sizes[table as keyof FleetSizes] }, (_, index) => ({ table, ...make(index) })),
  );
}

type RowMaker = (index: number) => Omit<ExpectedRow, 'table'>;

const day = (index: number): ExpectedCell =>
  plain(new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString());
const machineOf = (index: number): ExpectedCell => plain(`machine-${String(index % 17)}`);

/** Cells are long and short, missing and empty, as in a fleet that has lived for a while. */
const rowMakers: Readonly<Record<keyof typeof schemas, RowMaker>> = {
  machines: (index) => ({
    identity: { machine_id: `machine-${String(index)}` },
    cells: {
      info_json_encrypted: token(`info ${String(index)}`, 300),
      first_seen: day(index),
      last_seen: day(index * 2),
      status: plain(index % 3 === 0 ? 'offline' : 'online'),
      latest_metrics_json_encrypted: index % 5 === 0 ? plain(null) : token(`latest ${String(index)}`, 200),
    },
  }),
  metrics_history: (index) => ({
    identity: { id: BigInt(index + 1) },
    cells: {
      machine_id: machineOf(index),
      timestamp: day(index),
      metrics_json_encrypted: token(`metrics ${String(index)}`, 60 + ((index * 37) % 300)),
    },
  }),
  commands: (index) => ({
    identity: { id: `c0ffee-${String(index)}` },
    cells: {
      machine_id: machineOf(index),
      action: plain('restart'),
      params_json_encrypted: token(`params ${String(index)}`, 40),
      status: plain('done'),
      created_at: day(index),
      executed_at: plain(null),
      result_json_encrypted: sometimesMissing(index, `result ${String(index)}`),
    },
  }),
  widget_logs: (index) => ({
    identity: { id: BigInt(index * 3 + 1) },
    cells: {
      machine_id: machineOf(index),
      timestamp: day(index),
      log_level: plain('warn'),
      widget_type: plain(`a word of its own, and a long one: ${'log '.repeat(index % 7)}`),
      message_encrypted: token(`message ${String(index)} with umlauts äöü and a snowman ☃`, 0),
      data_encrypted: index % 4 === 0 ? plain('') : token(`data ${String(index)}`, 100),
    },
  }),
  agent_db_keys: (index) => ({
    identity: { machine_id: `machine-${String(index)}` },
    cells: { key_encrypted: token(keyLike(index), 0), updated_at: day(index) },
  }),
  export_logs: (index) => ({
    identity: { id: BigInt(index + 1) },
    cells: {
      encrypted: plain(BigInt(index % 2)),
      encryption_mode: plain(index % 2 === 0 ? 'none' : 'server'),
      filename: plain(`export-${String(index)}.csv`),
      data_encrypted: index % 2 === 0 ? plain(null) : token(`export ${String(index)}`, 2000),
    },
  }),
  site_secrets: (index) => ({
    identity: { site: `Werk "${String(index % 7)}", ñ`, slot: BigInt(index - 5) },
    cells: { secret_encrypted: token(`site secret ${String(index)}`, 30), note: plain(null) },
  }),
  notes: (index) => ({
    identity: { reference: `note-${String(index)}` },
    cells: { body_encrypted: token(`note ${String(index)}`, index % 90) },
  }),
  far_samples: (index) => ({
    identity: { id: farNumber(index) },
    cells: { value_encrypted: token(`far ${String(index)}`, 10) },
  }),
  attachments: (index) => ({
    identity: { id: BigInt(index + 1) },
    cells: { content_encrypted: token(`attachment ${String(index)}`, 50, index % 2 === 0 ? 'blob' : 'text') },
  }),
};

function plain(value: PlainValue): ExpectedCell {
  return { kind: 'plain', value };
}

/** NULL, empty and a token in turn: before, without and with a result. */
function sometimesMissing(index: number, label: string): ExpectedCell {
  if (index % 3 === 0) return plain(null);
  return index % 3 === 1 ? plain('') : token(label, 80);
}

/** A token whose plaintext is JSON with `label` and as many characters more as `length` says. */
function token(label: string, length: number, stored: 'text' | 'blob' = 'text'): ExpectedCell {
  const filling = digest(label)
    .repeat(Math.ceil(length / 64))
    .slice(0, length);
  const plaintext = JSON.stringify({ label, filling });
  const timestamp = 1_600_000_000n + BigInt(parseInt(digest(label).slice(0, 6), 16));
  return { kind: 'token', plaintext, stored, timestamp };
}

/** The plaintext of an agent's key is itself a Fernet key. */
function keyLike(index: number): string {
  return Buffer.from(digest(`agent ${String(index)}`), 'hex').toString('base64url');
}

/** Row numbers below zero, around zero and beyond what a JavaScript number holds. */
function farNumber(index: number): bigint {
  const step = BigInt(index);
  const starts = [-(2n ** 63n) + step, -step - 1n, 2n ** 53n + step, 2n ** 63n - 1n - step] as const;
  return starts[index % 4] ?? step;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
