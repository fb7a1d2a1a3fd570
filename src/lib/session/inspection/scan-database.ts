import { detectors } from '../../detectors/registry.ts';
import { everyFormat } from '../../formats/format-named.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import type { FoundWay } from '../../model/columns/exposed-column.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { selectColumns, type ColumnFilter } from '../../planning/inspection/select-columns.ts';
import { scanColumns, type ScannedColumn } from '../../planning/scan/scan-columns.ts';
import { withReadOnlyDatabase } from '../database/open-database.ts';
import { familyOf } from '../formats/choose-formats.ts';
import { findEncryptionWays } from './find-encryption-ways.ts';

/** What a scan of a database found. */
export interface DatabaseScan {
  /** Canonical path or name. */
  readonly database: string;
  readonly tables: number;
  readonly columns: readonly ScannedColumn[];
}

/** A scan in which plans have said how each column of plaintext can be encrypted. */
export interface EncryptableScan extends DatabaseScan {
  readonly columns: readonly (ScannedColumn & FoundWay)[];
}

/** Looks for what should be encrypted, and how it can be; what is encrypted already stands in nobody's way. */
export async function scanForEncryption(
  location: DatabaseLocation,
  filter: ColumnFilter,
): Promise<EncryptableScan> {
  const { columns, ...scan } = await scanDatabase(location, filter);
  const exposed = columns.filter(({ finding }) => finding.kind === 'plaintext');
  const named = exposed.map((column) => ({ name: renderColumnName(column), encryption: column.encryption }));
  const found = await findEncryptionWays(named, { location, format: undefined });
  return {
    ...scan,
    columns: columns.map((column) => {
      const way = found[exposed.indexOf(column)];
      return { ...column, encryption: way?.encryption ?? column.encryption, obstacle: way?.obstacle ?? null };
    }),
  };
}

/** Looks for plaintext that should be encrypted, and for what looks encrypted, in a sample of every column. */
export function scanDatabase(location: DatabaseLocation, filter: ColumnFilter): Promise<DatabaseScan> {
  return withReadOnlyDatabase(location, async (database) => {
    const tables = await database.listTables();
    const columns = await scanColumns(database, tables, {
      detectors,
      // What only a key tells apart from other bytes would be found everywhere; options no byte tells.
      formats: everyFormat()
        .filter(({ detection }) => detection === 'by content')
        .map((format) => ({ ...format, name: familyOf(format.name) })),
      selection: selectColumns(filter, tables),
    });
    return { database: database.identity.location, tables: tables.length, columns };
  });
}
