import type { ColumnPlace } from '../model/cells/cell-places.ts';
import type { ColumnKind } from '../model/plans/column-kind.ts';

/** What planning knows about a table. */
export interface TableDescription {
  readonly table: string;
  readonly columns: readonly ColumnDescription[];
  /** The columns of the primary key, whose values name a row for good; empty where nothing does. */
  readonly primaryKey: readonly string[];
  /** `renumbering`: maintenance may give rows other keys between two transactions. */
  readonly keys: 'stable' | 'renumbering';
  /**
   * Whether a row can be told from others for as long as it exists: by a primary key. `shared`: the table has its columns
   * together with others, to which rows may move: partitions, and tables that inherit.
   */
  readonly rows: 'lasting' | 'nameless' | 'shared';
  /** The partitioned table whose partition this is, which alone gets columns; absent for any other table. */
  readonly partitionOf?: string;
  /** Triggers that an update of a column would fire. */
  readonly triggers: readonly TriggerDescription[];
  /** Hash of everything a plan relies on. */
  readonly fingerprint: string;
}

/** What planning knows about a column. */
export interface ColumnDescription {
  readonly name: string;
  readonly declaredType: string;
  /**
   * What cells that are bound to their place know it by: its table and its own name. A partition goes by the name of the whole
   * table, a renamed column by the one its cells were sealed under.
   */
  readonly place: ColumnPlace;
  readonly kind: ColumnKind;
  /** Most characters of a value, or of each value in a list; `null`: no limit. */
  readonly maximumCharacters: number | null;
  /**
   * What its type has room for: a cell (texts, bytes, and every column of a database without fixed types); cells among
   * other values of an array or a document; none.
   */
  readonly holds: 'cells' | 'lists of cells' | 'documents' | 'other values';
}

/** A trigger that an update may fire. */
export interface TriggerDescription {
  readonly name: string;
  /** The columns whose update fires it; `null`: any column. */
  readonly columns: readonly string[] | null;
}
