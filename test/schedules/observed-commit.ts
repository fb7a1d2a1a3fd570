import type { KeyRange } from '../../src/lib/model/cells/row-batch.ts';
import type { Fleet, FoundCell } from './fleet.ts';
import type { ChunkRow, LedgerView, MigrationRow, TargetRow, WorkerRow } from './ledger-view.ts';

/** A commit of a runner: everything there was and everything there is, and nobody else has moved in between. */
export interface ObservedCommit {
  readonly step: number;
  /** The runner's lease; `undefined` while it opens its run. */
  readonly workerId: number | undefined;
  readonly readings: Readings;
  /** As the commit before this one left it, whoever made it. */
  readonly earlier: Snapshot;
  /** When its transaction began. */
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly surroundings: Surroundings;
}

/** When a runner has read what, as steps of the schedule. */
interface Readings {
  /** Batches, by `rangeName`. */
  readonly batches: ReadonlyMap<string, BatchReading>;
  /** The end of a table, by its name. */
  readonly ends: ReadonlyMap<string, number>;
  /** Searches of tables outside the plan, by their names. */
  readonly searches: ReadonlyMap<string, number>;
}

/** The moment a batch was read, and what every cell was then. */
export interface BatchReading {
  readonly step: number;
  readonly cells: readonly FoundCell[];
}

/** What a transaction can change. */
export interface Snapshot {
  readonly cells: readonly FoundCell[];
  readonly chunks: readonly ChunkRow[];
  readonly targets: readonly TargetRow[];
  readonly migrations: readonly MigrationRow[];
  readonly workers: readonly WorkerRow[];
  /** Another one whenever rows may have got other keys. */
  readonly layoutVersion: string;
  /** How many rows were changed by anybody so far. */
  readonly changes: number;
}

/** What the promises depend on besides the database's content. */
export interface Surroundings {
  readonly fleet: Fleet;
  /** Tells whether the owner of a lease, as the ledger has it, is known to be gone. */
  readonly isGone: (owner: string) => boolean;
}

/** Names a range of keys. */
export function rangeName(table: string, { after, upTo }: KeyRange): string {
  return `${table} ${String(after)}..${String(upTo)}`;
}

/** Reads all of it. */
export function takeSnapshot(fleet: Fleet, ledger: LedgerView): Snapshot {
  const { database } = fleet.connection;
  const changes = database.prepare('SELECT total_changes()').pluck().get();
  return {
    cells: fleet.readCells(),
    chunks: ledger.chunks(),
    targets: ledger.targets(),
    migrations: ledger.migrations(),
    workers: ledger.workers(),
    layoutVersion: String(database.pragma('schema_version', { simple: true })),
    changes: Number(changes),
  };
}
