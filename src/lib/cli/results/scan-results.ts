import type { EncryptionWay } from '../../model/columns/exposed-column.ts';
import type { FieldType, Sensitivity } from '../../model/columns/field-type.ts';

/** `scan`. */
export interface ScanResult {
  readonly database: string;
  /** How many tables were looked at. */
  readonly tables: number;
  /** Columns in which something was found, the most harmful first. */
  readonly columns: readonly ScannedColumnResult[];
  readonly next: readonly string[];
}

/** A column that holds what should be encrypted, or is. */
export interface ScannedColumnResult {
  readonly table: string;
  readonly column: string;
  readonly declaredType: string;
  /** Rows of the table. */
  readonly rows: number;
  /** Values looked at, neither NULL nor empty: all of a small table, a sample of a large one. */
  readonly values: number;
  /** How many of them are what `looksLike` says. */
  readonly found: number;
  readonly state: 'plaintext' | 'encrypted';
  /** What the plaintext is, e.g. `e-mail addresses`, or the format of the cells. */
  readonly looksLike: string;
  /** `null` for an encrypted column. */
  readonly fieldType: FieldType | null;
  readonly sensitivity: Sensitivity | null;
  /** The shape of one value; never a value. `null` where even that would tell too much. */
  readonly evidence: string | null;
  /** How it can be encrypted; `null` for an encrypted column. */
  readonly encryption: EncryptionWay | null;
  /** What stands in the way of the usual cells in their usual place; `null`: nothing, or the type of the column. */
  readonly obstacle: string | null;
}
