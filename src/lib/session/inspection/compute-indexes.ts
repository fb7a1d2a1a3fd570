import type { TargetDatabase } from '../../databases/target-database.ts';
import { createBlindIndex } from '../../indexes/blind-index.ts';
import { normaliserNamed } from '../../indexes/registry.ts';
import { expectedStrangers, type IndexRecord } from '../../model/columns/blind-index.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { keyOfIndex } from '../../model/plans/key-of-index.ts';
import { listKnownIndexes } from '../../planning/indexes/known-indexes.ts';
import { selectColumns } from '../../planning/inspection/select-columns.ts';
import { loadIndexKey, loadKnownIndexKey } from '../keys/load-index-keys.ts';

/** The value to search for. */
export interface SearchRequest {
  /** The column of the values, or that of their cells, as `--column` takes it. */
  readonly column: string;
  /** Where the index key is; undefined: where the ledger says that it was. */
  readonly indexKey: string | undefined;
  readonly value: Uint8Array;
}

/** What to search for by one index of a column. */
export interface SearchTerm {
  readonly index: IndexRecord;
  /** What a search by it finds, as the end of "finds ...". */
  readonly finds: string;
  /** The content of the index column in rows that match; `null`: the value has nothing that this index could find. */
  readonly term: Uint8Array | null;
  /** How many rows match by chance, besides those with the value. */
  readonly strangers: number;
}

/**
 * Computes what to search for in every index of a column, as the ledger defines them. Exit 17 where the column has none, exit 12
 * where the key is not theirs.
 */
export async function computeIndexes(
  database: TargetDatabase,
  { column, indexKey, value }: SearchRequest,
): Promise<readonly SearchTerm[]> {
  const records = await indexesOf(column, database);
  const given = indexKey === undefined ? undefined : await loadIndexKey(indexKey);
  const terms: SearchTerm[] = [];
  for (const index of records) {
    const { table, bits } = index;
    const known = keyOfIndex(index);
    // A key that is given counts, also where it is wrong: nobody is to search by another one unasked.
    const { key } = await loadKnownIndexKey(given ? { ...known, reference: null } : known, given);
    const rows = await database.openTable(table, [index.column]).countRows();
    terms.push({
      index,
      finds: normaliserNamed(index.normaliser, index.version).finds,
      term: createBlindIndex(key, index).compute([value])[0] ?? null,
      strangers: expectedStrangers(rows, bits),
    });
  }
  return terms;
}

/** The indexes of the column that is named: as its values are called, or its cells. */
async function indexesOf(column: string, database: TargetDatabase): Promise<readonly IndexRecord[]> {
  const { present: known } = await listKnownIndexes(database);
  if (known.length === 0) throw nothingIndexed('no column of this database has a blind index');
  const namesOf = ({ cells, place }: IndexRecord): readonly string[] => [cells, place.column];
  const tables = (await database.listTables()).map(({ table, columns }) => {
    const ofTable = known.filter((index) => index.table === table);
    const names = new Set([...columns.map(({ name }) => name), ...ofTable.flatMap(namesOf)]);
    return { table, columns: [...names].map((name) => ({ name })) };
  });
  const choose = selectColumns({ tables: [], columns: [column], exclude: [] }, tables);
  const found = known.filter((index) => namesOf(index).some((name) => choose(index.table, name) === 'named'));
  if (found.length > 0) return found;
  const others = new Set(known.map(({ table, place }) => renderColumnName({ table, column: place.column })));
  throw nothingIndexed(`column "${column}" has no blind index; there are some of ${[...others].join(', ')}`);
}

function nothingIndexed(message: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_NO_INDEX',
    reason: 'nothingFound',
    message,
    hints: [
      'keyturn encrypt ... --blind-index TABLE.COLUMN:lower --index-key file:index.key   # also for columns that are encrypted already',
    ],
  });
}
