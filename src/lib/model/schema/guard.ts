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

/** What there is of a guard in its database: the names of all triggers of guards, and the columns of all tables. */
export interface GuardTraces {
  readonly triggers: readonly string[];
  readonly tables: readonly {
    readonly table: string;
    readonly columns: readonly { readonly name: string }[];
  }[];
}

/** The state of a guard: its triggers go with a table that is dropped or rebuilt, and its column may have been renamed. */
export function traceGuard(
  { id, table, column }: GuardRecord,
  { triggers, tables }: GuardTraces,
): 'in place' | 'without triggers' | 'without column' {
  if (!triggers.some((name) => name.startsWith(guardTriggerPrefix(id)))) return 'without triggers';
  const columns = tables.find((one) => one.table === table)?.columns ?? [];
  return columns.some(({ name }) => name === column) ? 'in place' : 'without column';
}
