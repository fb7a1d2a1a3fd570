import type { Kysely } from 'kysely';
import type { RetiredColumn, PairRecord, PairSide } from '../../model/schema/column-pair.ts';
import { appendEvent } from '../events/event-chain.ts';
import type { RetirementNote, WriterMarks } from '../ledger-notes.ts';
import type { LedgerWriter } from '../ledger.ts';
import { switchTriggersOn } from '../meta.ts';
import { readSchemaVersion } from '../schema/install.ts';
import type { LedgerTables } from '../schema/tables.ts';

/** The version of the ledger that has `keyturn_pair`. */
const knownSince = 6;

/** The statements on pairs of columns; see LedgerReader and LedgerWriter. */
export function createPairStore(
  ledger: Kysely<LedgerTables>,
): Pick<
  LedgerWriter,
  'listPairs' | 'countMarks' | 'countWriters' | 'recordPair' | 'noteRetired' | 'clearMarks' | 'forgetPair'
> {
  return {
    listPairs: () => listPairs(ledger),
    countMarks: (pair, side) => countMarks(ledger, pair, side),
    countWriters: (pair) => countWriters(ledger, pair),
    recordPair: (pair, actor) => recordPair(ledger, pair, actor),
    noteRetired: (pair, change) => noteRetired(ledger, pair, change),
    clearMarks: (pair) => clearMarks(ledger, pair),
    forgetPair: (pair, actor) => forgetPair(ledger, pair, actor),
  };
}

/** Every pair of columns, in the order in which they were made; none in a ledger that does not know of them yet. */
async function listPairs(ledger: Kysely<LedgerTables>): Promise<readonly PairRecord[]> {
  if ((await readSchemaVersion(ledger)) < knownSince) return [];
  const rows = await ledger.selectFrom('keyturn_pair').selectAll().orderBy('id').execute();
  return rows.map((row) => ({
    id: row.id,
    table: row.table_name,
    plaintext: row.plaintext_column,
    cells: row.cells_column,
    cellsColumn: row.cells_origin,
    retired: row.retired === null ? null : (JSON.parse(row.retired) as RetiredColumn),
  }));
}

/** Records a pair, and switches its triggers on; see LedgerWriter. */
async function recordPair(
  ledger: Kysely<LedgerTables>,
  { table, plaintext, cells, cellsColumn }: Omit<PairRecord, 'id' | 'retired'>,
  actor: string,
): Promise<PairRecord> {
  await switchTriggersOn(ledger);
  const values = { table_name: table, plaintext_column: plaintext, cells_column: cells };
  const { id } = await ledger
    .insertInto('keyturn_pair')
    .values({ ...values, cells_origin: cellsColumn, retired: null })
    .returning('id')
    .executeTakeFirstOrThrow();
  await appendEvent(ledger, {
    migrationId: null,
    actor,
    type: 'columns paired',
    body: { table, plaintext, cells, cells_column: cellsColumn },
  });
  return { id, table, plaintext, cells, cellsColumn, retired: null };
}

/** Remembers what the plaintext column was before it was retired; see LedgerWriter. */
async function noteRetired(
  ledger: Kysely<LedgerTables>,
  { id, table, plaintext }: PairRecord,
  { retired, actor }: RetirementNote,
): Promise<void> {
  await ledger
    .updateTable('keyturn_pair')
    .set({ retired: JSON.stringify(retired) })
    .where('id', '=', id)
    .execute();
  const body = { table, column: plaintext, kind: retired.kind };
  await appendEvent(ledger, { migrationId: null, actor, type: 'column retired', body });
}

/** Forgets a pair and all its marks; see LedgerWriter. */
async function forgetPair(
  ledger: Kysely<LedgerTables>,
  { id, table, plaintext, cells }: PairRecord,
  actor: string,
): Promise<void> {
  await ledger.deleteFrom('keyturn_mark').where('pair_id', '=', id).execute();
  await ledger.deleteFrom('keyturn_pair').where('id', '=', id).execute();
  await appendEvent(ledger, {
    migrationId: null,
    actor,
    type: 'columns parted',
    body: { table, plaintext, cells },
  });
}

/** How many rows of a pair are marked as last written on a side. */
async function countMarks(
  ledger: Kysely<LedgerTables>,
  { id }: Pick<PairRecord, 'id'>,
  side: PairSide,
): Promise<number> {
  const { marks } = await ledger
    .selectFrom('keyturn_mark')
    .select(({ fn }) => fn.countAll<number | string>().as('marks'))
    .where('pair_id', '=', id)
    .where('side', '=', side)
    .executeTakeFirstOrThrow();
  return Number(marks);
}

/** The version of the ledger in which marks name who wrote them. */
const writersKnownSince = 9;

async function countWriters(
  ledger: Kysely<LedgerTables>,
  pair: Pick<PairRecord, 'id'>,
): Promise<readonly WriterMarks[]> {
  if ((await readSchemaVersion(ledger)) < writersKnownSince) {
    const marks = await countMarks(ledger, pair, 'plaintext');
    return marks === 0 ? [] : [{ writer: null, marks }];
  }
  const rows = await ledger
    .selectFrom('keyturn_mark')
    .select(({ fn }) => ['writer', fn.countAll<number | string>().as('marks')])
    .where('pair_id', '=', pair.id)
    .where('side', '=', 'plaintext')
    .groupBy('writer')
    .execute();
  return rows.map(({ writer, marks }) => ({ writer, marks: Number(marks) }));
}

/** Forgets who wrote what last in a pair: its sides are not to be told apart any more. */
async function clearMarks(ledger: Kysely<LedgerTables>, { id }: Pick<PairRecord, 'id'>): Promise<void> {
  await ledger.deleteFrom('keyturn_mark').where('pair_id', '=', id).execute();
}
