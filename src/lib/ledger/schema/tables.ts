import type { Generated } from 'kysely';
import type { IssueReason } from '../../model/cells/cell-issue.ts';
import type { IndexRecord } from '../../model/columns/blind-index.ts';
import type { ledgerTableNames } from '../../model/databases/ledger-table-names.ts';
import type { MigrationState } from '../../model/migrations/migration-state.ts';
import type { DesiredState } from '../../model/migrations/orders.ts';
import type { PlaintextEnd } from '../../model/plans/plaintext-end.ts';
import type { PairRecord, PairSide } from '../../model/schema/column-pair.ts';
import type { GuardMode } from '../../model/schema/guard.ts';

/** Every table of the ledger. Times are milliseconds since 1970 by the database's clock; keys are rendered text. */
export interface LedgerTables extends Record<(typeof ledgerTableNames)[number], object> {
  keyturn_meta: MetaTable;
  keyturn_migration: MigrationTable;
  keyturn_target: TargetTable;
  keyturn_chunk: ChunkTable;
  keyturn_cell_issue: CellIssueTable;
  keyturn_worker: WorkerTable;
  keyturn_event: EventTable;
  keyturn_undo: UndoTable;
  keyturn_guard: GuardTable;
  keyturn_sample: SampleTable;
  keyturn_pair: PairTable;
  keyturn_mark: MarkTable;
  keyturn_index: IndexTable;
}

interface MetaTable {
  name: string;
  value: string;
}

interface MigrationTable {
  id: string;
  reverses_id: string | null;
  plan: string;
  plan_hash: string;
  state: MigrationState;
  /** Grows with every change of state, which compares it first. */
  epoch: number;
  /** `null`: plaintext. */
  old_key_id: string | null;
  new_key_id: string | null;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
  running_ms: number;
  failure_code: string | null;
  failure_text: string | null;
  /** Where the copy made before the first write is. */
  backup: string | null;
  desired_state: Generated<DesiredState>;
  /** Who asked for the desired state. */
  desired_by: string | null;
  /** How fast it may go, as JSON; see `SpeedLimits`. */
  knobs: Generated<string>;
  undo: 'keep' | 'none';
  /** Whether a scrub is to follow, or has. */
  scrub: Generated<'none' | 'asked' | 'done'>;
  /** When a scrub has proved that nothing is left of the old values. */
  scrubbed_at: number | null;
  /** What a finalize does to the plaintext columns that it has closed; `null`: none has. */
  contract: PlaintextEnd | null;
}

interface TargetTable {
  id: Generated<number>;
  migration_id: string;
  table_name: string;
  pass: number;
  pass_state: 'walking' | 'done';
  frontier: string | null;
  layout_version: string | null;
  /** Of the table as a run has altered it; `null`: as the plan says. */
  fingerprint: string | null;
  estimated_rows: number;
}

interface ChunkTable {
  id: Generated<number>;
  target_id: number;
  pass: number;
  after_key: string | null;
  up_to_key: string;
  state: 'claimed' | 'done';
  worker_id: number;
  claim_token: number;
  attempts: number;
  rows: Generated<number>;
  rewritten: Generated<number>;
  already: Generated<number>;
  null_cells: Generated<number>;
  empty_cells: Generated<number>;
  quarantined: Generated<number>;
  left_cells: Generated<number>;
  deferred: Generated<number>;
  done_at: number | null;
}

interface CellIssueTable {
  target_id: number;
  row_key: string;
  column_name: string;
  reason: IssueReason;
  pass: number;
  first_at: number;
}

interface WorkerTable {
  id: Generated<number>;
  migration_id: string;
  owner: string;
  state: 'running' | 'released' | 'lost';
  started_at: number;
  lease_until: number;
  /** Why the run goes slower than it could. */
  throttle: string | null;
}

interface EventTable {
  seq: Generated<number>;
  migration_id: string | null;
  at: number;
  actor: string;
  type: string;
  body: string;
  previous_hash: string;
  hash: string;
}

interface UndoTable {
  id: Generated<number>;
  target_id: number;
  /** Of the cell that took the place of `cell`. */
  digest: Uint8Array;
  /** Of both. */
  pair_digest: Uint8Array;
  cell: string | Uint8Array;
}

interface GuardTable {
  id: Generated<number>;
  table_name: string;
  column_name: string;
  mode: GuardMode;
  writes: number;
  unfit: number;
  last_write_at: number | null;
  installed_at: number;
}

interface SampleTable {
  target_id: number;
  column_name: string;
  window_bytes: number;
  sampled: number;
  short: number;
  repeated: number;
  other: number;
  /** Sealed; see `remains/fingerprints.ts`. */
  fingerprints: Uint8Array;
}

interface PairTable {
  id: Generated<number>;
  table_name: string;
  plaintext_column: string;
  cells_column: string;
  cells_origin: PairRecord['cellsColumn'];
  /** A RetiredColumn as JSON. */
  retired: string | null;
}

interface MarkTable {
  pair_id: number;
  /** As the triggers render it: the primary key. */
  row_key: string;
  side: PairSide;
  /** Application and user; `null` where the database does not tell. */
  writer: string | null;
}

interface IndexTable {
  id: Generated<number>;
  table_name: string;
  cells_column: string;
  index_column: string;
  column_type: string;
  normaliser: string;
  normaliser_version: number;
  bits: number;
  /** The names that the index's key is derived for. */
  place_table: string;
  place_column: string;
  uniqueness: IndexRecord['uniqueness'];
  origin: IndexRecord['origin'];
  key_id: string;
  key_check_value: string;
  key_reference: string | null;
  /** The index column whose place this one is to take. */
  replaces: string | null;
}
