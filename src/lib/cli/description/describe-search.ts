import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import type { SearchTerm } from '../../session/inspection/compute-indexes.ts';
import type { IndexOfResult, SearchTermResult } from '../results/index-of-result.ts';

/** What to search for, as it is printed. */
export function describeSearch(
  terms: readonly SearchTerm[],
  { database, location }: { readonly database: string; readonly location: DatabaseLocation },
): IndexOfResult {
  return { database, indexes: terms.map((term) => describeTerm(term, location.kind)), next: [] };
}

function describeTerm(
  { index, finds, term, strangers }: SearchTerm,
  kind: DatabaseLocation['kind'],
): SearchTermResult {
  const { table, cells, column, normaliser, version, bits, keyId } = index;
  const hex = term && Buffer.from(term).toString('hex');
  return {
    table,
    cells,
    column,
    normaliser,
    version,
    bits,
    keyId,
    finds,
    term: hex,
    where: hex === null ? null : `"${column.replaceAll('"', '""')}" = ${literals[kind](hex)}`,
    strangers,
  };
}

/** Bytes as each database reads them. */
const literals: Readonly<Record<DatabaseLocation['kind'], (hex: string) => string>> = {
  sqlite: (hex) => `x'${hex}'`,
  postgres: (hex) => `'\\x${hex}'::bytea`,
};
