import type { Kysely } from 'kysely';
import type { IndexRecord } from '../../model/columns/blind-index.ts';
import { appendEvent } from '../events/event-chain.ts';
import type { IndexReplacement } from '../ledger-notes.ts';
import type { LedgerWriter } from '../ledger.ts';
import { readSchemaVersion } from '../schema/install.ts';
import type { LedgerTables } from '../schema/tables.ts';

/** The version of the ledger that has `keyturn_index`. */
const knownSince = 7;

/** The statements on blind indexes; see LedgerReader and LedgerWriter. */
export function createIndexStore(
  ledger: Kysely<LedgerTables>,
): Pick<LedgerWriter, 'listIndexes' | 'recordIndex' | 'replaceIndex' | 'forgetIndex'> {
  return {
    listIndexes: () => listIndexes(ledger),
    recordIndex: (index, actor) => recordIndex(ledger, index, actor),
    replaceIndex: (old, replacement) => replaceIndex(ledger, old, replacement),
    forgetIndex: (index, actor) => forgetIndex(ledger, index, actor),
  };
}

/** None in a ledger that does not know of them yet. */
async function listIndexes(ledger: Kysely<LedgerTables>): Promise<readonly IndexRecord[]> {
  if ((await readSchemaVersion(ledger)) < knownSince) return [];
  const rows = await ledger.selectFrom('keyturn_index').selectAll().orderBy('id').execute();
  return rows.map((row) => ({
    id: row.id,
    table: row.table_name,
    cells: row.cells_column,
    column: row.index_column,
    type: row.column_type,
    normaliser: row.normaliser,
    version: row.normaliser_version,
    bits: row.bits,
    place: { table: row.place_table, column: row.place_column },
    uniqueness: row.uniqueness,
    origin: row.origin,
    keyId: row.key_id,
    keyCheckValue: row.key_check_value,
    keyReference: row.key_reference,
    ...(row.replaces !== null && { replaces: row.replaces }),
  }));
}

async function recordIndex(
  ledger: Kysely<LedgerTables>,
  index: Omit<IndexRecord, 'id'>,
  actor: string,
): Promise<IndexRecord> {
  const { id } = await ledger
    .insertInto('keyturn_index')
    .values({
      table_name: index.table,
      cells_column: index.cells,
      index_column: index.column,
      column_type: index.type,
      normaliser: index.normaliser,
      normaliser_version: index.version,
      bits: index.bits,
      place_table: index.place.table,
      place_column: index.place.column,
      uniqueness: index.uniqueness,
      origin: index.origin,
      key_id: index.keyId,
      key_check_value: index.keyCheckValue,
      key_reference: index.keyReference,
      replaces: index.replaces ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await appendEvent(ledger, { migrationId: null, actor, type: 'blind index added', body: summaryOf(index) });
  return { ...index, id };
}

async function replaceIndex(
  ledger: Kysely<LedgerTables>,
  old: IndexRecord,
  { by, actor }: IndexReplacement,
): Promise<void> {
  await ledger.deleteFrom('keyturn_index').where('id', '=', old.id).execute();
  await ledger
    .updateTable('keyturn_index')
    .set({ index_column: old.column, replaces: null })
    .where('id', '=', by.id)
    .execute();
  const body = { ...summaryOf(old), key: by.keyId, old_key: old.keyId };
  await appendEvent(ledger, { migrationId: null, actor, type: 'blind index replaced', body });
}

async function forgetIndex(ledger: Kysely<LedgerTables>, index: IndexRecord, actor: string): Promise<void> {
  await ledger.deleteFrom('keyturn_index').where('id', '=', index.id).execute();
  await appendEvent(ledger, {
    migrationId: null,
    actor,
    type: 'blind index removed',
    body: summaryOf(index),
  });
}

/** What an event says of an index. */
function summaryOf({ table, cells, column, normaliser, version, bits, keyId }: Omit<IndexRecord, 'id'>) {
  return { table, cells, column, normaliser, version, bits, key: keyId };
}
