import { testKeys } from './fleet-database.ts';
import { openReference, type ReferenceResult } from './reference-fernet.ts';
import type { DatabaseContent, StoredCell, TableContent } from './table-content.ts';

/** Under which key what was a token before has to stand now. */
export interface ExpectedChange {
  readonly before: DatabaseContent;
  readonly after: DatabaseContent;
  /** `rotated`: tokens under the old key are under the new one. `taken back`: tokens under the new key are under the old one. */
  readonly direction: 'rotated' | 'taken back';
  /** Cells that stay byte for byte as they were, each as `table|row|column`, rows counted from 1 in physical order. */
  readonly unchanged: ReadonlySet<string>;
  /** Tables that are not compared. */
  readonly ignored: readonly string[];
}

/** Compares every value of two databases; one line for each that is not as it has to be. */
export function findDamages({
  before,
  after,
  direction,
  unchanged,
  ignored,
}: ExpectedChange): readonly string[] {
  const damages = after.integrity === before.integrity ? [] : [`the file is damaged: ${after.integrity}`];
  if (before.schema.join() !== after.schema.join()) damages.push('the schema was changed');
  for (const table of before.tables.filter((one) => !ignored.includes(one.table))) {
    const now = after.tables.find((one) => one.table === table.table);
    if (now?.rows.length !== table.rows.length) {
      damages.push(`${table.table} has ${String(now?.rows.length)} rows, not ${String(table.rows.length)}`);
      continue;
    }
    damages.push(...compareTable(table, now, { direction, unchanged, encoding: before.encoding }));
  }
  return damages;
}

type Comparison = Pick<ExpectedChange, 'direction' | 'unchanged'> & { readonly encoding: string };

function compareTable(before: TableContent, after: TableContent, comparison: Comparison): readonly string[] {
  return before.rows.flatMap((row, index) =>
    before.columns.flatMap((column, place) => {
      const [was, is] = [row[place], after.rows[index]?.[place]];
      if (!was || !is) return [`${before.table} has lost a column`];
      const name = `${before.table}|${String(index + 1)}|${column}`;
      const damage = comparison.unchanged.has(name) ? difference(was, is) : judge(was, is, comparison);
      return damage === null ? [] : [`${name}: ${damage}`];
    }),
  );
}

function judge(was: StoredCell, is: StoredCell, { direction, encoding }: Comparison): string | null {
  const [from, to] = direction === 'rotated' ? (['old', 'new'] as const) : (['new', 'old'] as const);
  const opened = open(from, was, encoding);
  if (opened.outcome !== 'opened') return difference(was, is);
  const now = open(to, is, encoding);
  if (now.outcome !== 'opened') return `does not open under the ${to} key: ${now.outcome}`;
  if (is.storageClass !== was.storageClass) return `${was.storageClass} became ${is.storageClass}`;
  if (!now.plaintext.equals(opened.plaintext)) return 'the plaintext was changed';
  return now.timestamp === opened.timestamp ? null : 'the timestamp was changed';
}

function difference(was: StoredCell, is: StoredCell): string | null {
  if (was.storageClass !== is.storageClass) return `${was.storageClass} became ${is.storageClass}`;
  return was.bytes === is.bytes ? null : 'was changed';
}

function open(role: 'old' | 'new', cell: StoredCell, encoding: string): ReferenceResult {
  const bytes = Buffer.from(cell.bytes, 'latin1');
  if (cell.storageClass === 'blob') return openReference(testKeys[role], bytes);
  if (cell.storageClass !== 'text') return { outcome: 'malformed' };
  return openReference(testKeys[role], textOf(bytes, encoding));
}

/** A text as it would be read: bytes that are none become the replacement character. */
function textOf(bytes: Buffer, encoding: string): string {
  if (encoding === 'UTF-8') return bytes.toString('utf8');
  return (encoding === 'UTF-16be' ? bytes.swap16() : bytes).toString('utf16le');
}
