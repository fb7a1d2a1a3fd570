import type { TriggerDescription } from '../../table-description.ts';
import type { CellContent } from './cell-content.ts';

/** A foreign key of another table that stands in the way of rewriting a column. */
export interface IncomingReference {
  readonly column: string;
  readonly kind: 'bound' | 'referenced';
}

/** A column as the catalogue has it. */
export interface ColumnShape {
  readonly name: string;
  /** The type as it is declared, e.g. `character varying(200)`. */
  readonly declaredType: string;
  /** The type to cast a parameter to: without a length, which would cut silently. */
  readonly castType: string;
  readonly content: CellContent;
  /** Most characters of a value, or of an array's element; `null`: no limit. */
  readonly maximumCharacters: number | null;
  readonly isGenerated: boolean;
  /** Whether the server numbers its rows (`GENERATED ... AS IDENTITY`): it can hold no NULL then. */
  readonly isIdentity?: boolean;
  /** What is selected in place of a column that the table itself does not have. */
  readonly expression?: string;
  /** The pair of whose sides it tells the one that was written last. */
  readonly pairId?: number;
}

/** How one table is reached and its rows are addressed. */
export interface TableShape {
  readonly oid: string;
  /** The name plans and flags use: that of the table, behind that of its schema where this is not `public`. */
  readonly table: string;
  /** The same for SQL, always with its schema; `ONLY` is the caller's. */
  readonly sqlName: string;
  readonly columns: readonly ColumnShape[];
  /** The columns of the index that addresses rows, in its order; empty: rows are addressed by where they lie. */
  readonly key: readonly ColumnShape[];
  /** Whether that index is the primary key. */
  readonly isKeyPrimary: boolean;
  /** The name of the partitioned table for one of its partitions; that of the table itself for any other. */
  readonly context: string;
  /** Whether it is a partition, or inherits from other tables, or they from it. */
  readonly isRelated: boolean;
  readonly triggers: readonly TriggerDescription[];
  /** Whether a column of ours may be referred to by foreign keys: its rows are locked more strongly. */
  readonly uniqueColumns: readonly string[];
  readonly references: readonly IncomingReference[];
  readonly definitions: readonly string[];
}
