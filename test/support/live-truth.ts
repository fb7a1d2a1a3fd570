import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { testKeys, type FleetTruth } from './fleet-database.ts';
import { openReference } from './reference-fernet.ts';

/** The tables with cells: how their rows are named, and which columns hold the cells. */
export const liveTables = {
  machines: { key: ['machine_id'], cells: ['info_json_encrypted', 'latest_metrics_json_encrypted'] },
  metrics_history: { key: ['id'], cells: ['metrics_json_encrypted'] },
  commands: { key: ['id'], cells: ['params_json_encrypted', 'result_json_encrypted'] },
  widget_logs: { key: ['id'], cells: ['message_encrypted', 'data_encrypted'] },
  agent_db_keys: { key: ['machine_id'], cells: ['key_encrypted'] },
  export_logs: { key: ['id'], cells: ['data_encrypted'] },
  site_secrets: { key: ['site', 'slot'], cells: ['secret_encrypted'] },
  notes: { key: ['reference'], cells: ['body_encrypted'] },
  far_samples: { key: ['id'], cells: ['value_encrypted'] },
  attachments: { key: ['id'], cells: ['content_encrypted'] },
} as const;

export type LiveTable = keyof typeof liveTables;

/** What a cell holds once it is opened: its plaintext, nothing, or an empty string. */
export type LiveContent = { readonly plaintext: string } | null | '';

/** One row's key, in the order of `liveTables`. */
export type LiveKey = readonly (string | bigint)[];

/** The text under which the truth table lists a cell. */
export function placeOf(table: LiveTable, key: LiveKey, column: string): string {
  return JSON.stringify([table, ...key.map(String), column]);
}

/** What the truth table says of a cell: a digest, which changes with every version that a writer writes. */
export function digestOf(content: LiveContent): string {
  if (content === null) return 'null';
  if (content === '') return 'empty';
  return createHash('sha256').update(content.plaintext).digest('hex');
}

/** Writes the truth of a fresh fleet into the database, where writers keep it up to date in their own transactions. */
export function recordTruth(path: string, truth: FleetTruth): void {
  const database = new Database(path);
  database.exec('CREATE TABLE live_truth (place TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID');
  const insert = database.prepare('INSERT INTO live_truth VALUES (?, ?)');
  database.transaction(() => {
    for (const row of truth.rows) {
      const table = row.table as LiveTable;
      const { key, cells } = liveTables[table];
      const rowKey = key.map((column) => row.identity[column] ?? '');
      for (const column of cells) {
        const cell = row.cells[column];
        const content = cell?.kind === 'token' ? { plaintext: cell.plaintext } : (cell?.value ?? null);
        insert.run(placeOf(table, rowKey, column), digestOf(content as LiveContent));
      }
    }
  })();
  database.close();
}

/** What a comparison of all cells with the truth table found. */
export interface LiveFindings {
  readonly underOld: number;
  readonly underNew: number;
  readonly nullOrEmpty: number;
  /** Cells that hold something else than was written last, that neither key opens, or that are missing. */
  readonly wrong: readonly string[];
}

/** Compares every cell with what was written last, in one snapshot. Shares no code with the engine. */
export function compareWithTruth(path: string): LiveFindings {
  const database = new Database(path, { readonly: true, timeout: 10_000 });
  database.defaultSafeIntegers();
  const counts = { underOld: 0, underNew: 0, nullOrEmpty: 0 };
  const wrong: string[] = [];
  database.exec('BEGIN');
  const truth = new Map(
    database.prepare<[], [string, string]>('SELECT place, digest FROM live_truth').raw().all(),
  );
  for (const [table, { key, cells }] of Object.entries(liveTables)) {
    const columns = [...key, ...cells].join(', ');
    const rows = database.prepare<[], unknown[]>(`SELECT ${columns} FROM ${table}`).raw();
    for (const row of rows.iterate()) {
      cells.forEach((column, index) => {
        const place = placeOf(table as LiveTable, row.slice(0, key.length) as LiveKey[number][], column);
        const opened = openUnderEither(row[key.length + index]);
        if (opened === 'unreadable' || digestOf(opened.content) !== truth.get(place)) wrong.push(place);
        if (opened !== 'unreadable') counts[opened.under] += 1;
        truth.delete(place);
      });
    }
  }
  database.close();
  return { ...counts, wrong: [...wrong, ...truth.keys()] };
}

/** Opens a cell under whichever key it is; a token that opened under both would count as unreadable. */
export function openUnderEither(
  cell: unknown,
): { readonly under: 'underOld' | 'underNew' | 'nullOrEmpty'; readonly content: LiveContent } | 'unreadable' {
  if (cell === null || cell === '') return { under: 'nullOrEmpty', content: cell };
  if (typeof cell !== 'string' && !Buffer.isBuffer(cell)) return 'unreadable';
  const old = openReference(testKeys.old, cell);
  const fresh = openReference(testKeys.new, cell);
  if (old.outcome === 'opened' && fresh.outcome !== 'opened')
    return { under: 'underOld', content: { plaintext: old.plaintext.toString() } };
  if (fresh.outcome === 'opened' && old.outcome !== 'opened')
    return { under: 'underNew', content: { plaintext: fresh.plaintext.toString() } };
  return 'unreadable';
}
