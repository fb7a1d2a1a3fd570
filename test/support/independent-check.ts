import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { onCopy } from './database-copy.ts';
import type { ExpectedCell, ExpectedRow, FleetTruth } from './fleet-database.ts';
import { openReference, type ReferenceResult } from './reference-fernet.ts';

/**
 * Compares every cell of a database with the truth. Shares no code with keyturn, not even the SQLite driver, and
 * works on a copy of the files, so that it is keyturn that has to recover what a kill left behind.
 */

/** The keys a token may be under. */
export interface CheckedKeys {
  readonly old: Uint8Array;
  readonly new: Uint8Array;
}

/** How many tokens open under which key, and everything that is not as it was. */
export interface CheckReport {
  readonly underOld: number;
  readonly underNew: number;
  /** Lost, changed, unreadable or twice encrypted cells, one line each; empty when all is well. */
  readonly damages: readonly string[];
}

/** Checks a database that no process has open. */
export function checkIndependently(path: string, truth: FleetTruth, keys: CheckedKeys): CheckReport {
  return onCopy(path, (database) => {
    const damages = [...checkIntegrity(database), ...checkRowCounts(database, truth)];
    const found = { old: 0, new: 0 };
    for (const row of truth.rows) {
      const stored = readRow(database, row);
      if (!stored) {
        damages.push(`${nameOf(row)}: the row is lost`);
        continue;
      }
      for (const [column, expected] of Object.entries(row.cells)) {
        const verdict = judge(expected, stored[column] ?? null, keys);
        if (verdict === 'old' || verdict === 'new') found[verdict] += 1;
        else if (verdict !== 'as it was') damages.push(`${nameOf(row)}.${column}: ${verdict.damage}`);
      }
    }
    return { underOld: found.old, underNew: found.new, damages };
  });
}

/** What the ledger says of its migrations, latest first; none where there is no ledger. */
export function readLedgerStates(path: string): readonly string[] {
  return onCopy(path, (database) => {
    const isThere = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'keyturn_migration'").get();
    if (!isThere) return [];
    const rows = database.prepare('SELECT state FROM keyturn_migration ORDER BY id DESC').all();
    return rows.map(({ state }) => String(state));
  });
}

function checkIntegrity(database: DatabaseSync): string[] {
  const complaints = database.prepare('PRAGMA integrity_check').all();
  return complaints
    .map((row) => String(row['integrity_check']))
    .filter((complaint) => complaint !== 'ok')
    .map((complaint) => `the file is damaged: ${complaint}`);
}

function checkRowCounts(database: DatabaseSync, { rows }: FleetTruth): string[] {
  return [...Map.groupBy(rows, ({ table }) => table)].flatMap(([table, expected]) => {
    const count = Number(database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.['rows']);
    return count === expected.length ? [] : [`${table} has ${count} rows, not ${expected.length}`];
  });
}

function readRow(
  database: DatabaseSync,
  { table, identity }: ExpectedRow,
): Record<string, SQLOutputValue> | undefined {
  const condition = Object.keys(identity)
    .map((column) => `${column} = ?`)
    .join(' AND ');
  const statement = database.prepare(`SELECT * FROM ${table} WHERE ${condition}`);
  statement.setReadBigInts(true);
  return statement.get(...Object.values(identity));
}

type Verdict = 'old' | 'new' | 'as it was' | { readonly damage: string };

function judge(expected: ExpectedCell, stored: SQLOutputValue, keys: CheckedKeys): Verdict {
  if (expected.kind === 'plain')
    return stored === expected.value ? 'as it was' : damage('a value was changed');
  if (typeof stored !== 'string' && !(stored instanceof Uint8Array)) return damage('the token is lost');
  const storageClass = typeof stored === 'string' ? 'text' : 'blob';
  if (storageClass !== expected.stored) return damage(`a ${expected.stored} became a ${storageClass}`);
  const underOld = openReference(keys.old, stored);
  const underNew = openReference(keys.new, stored);
  const opened = underOld.outcome === 'opened' ? underOld : underNew;
  if (opened.outcome !== 'opened') return damage('opens under neither key');
  if (opens(keys, opened.plaintext)) return damage('was encrypted twice');
  if (opened.plaintext.toString('utf8') !== expected.plaintext) return damage('the plaintext was changed');
  if (opened.timestamp !== expected.timestamp) return damage('the timestamp was changed');
  return underOld.outcome === 'opened' ? 'old' : 'new';
}

function opens(keys: CheckedKeys, cell: Uint8Array): boolean {
  const isOpened = ({ outcome }: ReferenceResult): boolean => outcome === 'opened';
  return isOpened(openReference(keys.old, cell)) || isOpened(openReference(keys.new, cell));
}

function damage(text: string): { readonly damage: string } {
  return { damage: text };
}

function nameOf({ table, identity }: ExpectedRow): string {
  return `${table}(${Object.values(identity).join(', ')})`;
}
