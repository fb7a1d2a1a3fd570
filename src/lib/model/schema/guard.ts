import type { PlacedColumn } from '../columns/placed-column.ts';

/** `observe` counts what others write to a column, `enforce` also refuses what is no cell. */
export type GuardMode = 'observe' | 'enforce';

/** A column to be guarded. */
export interface GuardOrder {
  readonly table: string;
  readonly column: string;
  readonly mode: GuardMode;
  /** What a cell of the column has to look like: like one of these. */
  readonly shapes: readonly GuardedShape[];
}

/** What a database can tell of a cell without any key. */
export interface GuardedShape {
  readonly minimumLength: number;
  /** How every cell begins. */
  readonly prefix: string;
  /** The characters of which a cell in text consists, as a class of GLOB; `null`: any. */
  readonly characters: string | null;
}

/** A column's write guard, and what it has seen of other processes. */
export interface GuardRecord {
  readonly id: number;
  readonly table: string;
  readonly column: string;
  readonly mode: GuardMode;
  /** Values that others have written to the column since. */
  readonly writes: number;
  /** How many of them were no cells. */
  readonly unfit: number;
  /** Milliseconds since 1970; `null`: no write yet. */
  readonly lastWriteAt: number | null;
  readonly installedAt: number;
}

/** What a guard has counted, where its database counts apart from the ledger. */
export interface GuardCounts extends Pick<GuardRecord, 'id' | 'writes' | 'unfit' | 'lastWriteAt'> {
  /** Who wrote values that were no cells: application and user. */
  readonly writers: readonly string[];
}

/** How the triggers of a guard are called. */
export function guardTriggerPrefix(id: number): string {
  return `keyturn_guard_${id}_`;
}

/** A trigger of a guard that is there. */
export interface GuardTrigger {
  readonly name: string;
  /** The column it looks at, as that is called now; `null`: the database does not say. */
  readonly column: PlacedColumn | null;
}

/** What there is of guards in their database: their triggers, and the columns of all tables. */
export interface GuardTraces {
  readonly triggers: readonly GuardTrigger[];
  readonly tables: readonly {
    readonly table: string;
    readonly columns: readonly { readonly name: string }[];
  }[];
}

/**
 * The state of a guard. `missing`: a table that was dropped or rebuilt has taken its triggers along; `renamed`: its column is guarded
 * still, and that or the table has another name by now.
 */
export type GuardTrace =
  | { readonly kind: 'in place' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'renamed'; readonly to: PlacedColumn | null };

/** Tells the state of a guard from its traces. */
export function traceGuard(
  { id, table, column }: GuardRecord,
  { triggers, tables }: GuardTraces,
): GuardTrace {
  const trigger = triggers.find(({ name }) => name.startsWith(guardTriggerPrefix(id)));
  if (trigger === undefined) return { kind: 'missing' };
  const { column: guarded } = trigger;
  const columns = tables.find((one) => one.table === table)?.columns ?? [];
  const isThere =
    guarded === null
      ? columns.some(({ name }) => name === column)
      : guarded.table === table && guarded.column === column;
  return isThere ? { kind: 'in place' } : { kind: 'renamed', to: guarded };
}
