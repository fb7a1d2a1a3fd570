import type { TargetDatabase } from '../../databases/target-database.ts';
import type { RunningTarget } from '../../engine/migration-run.ts';
import type { Transcoder } from '../../engine/transcoding/transcoder.ts';
import { createUndoKeeper, type UndoPolicy } from '../../engine/undo-keeper.ts';
import { findIndex, type IndexRecord } from '../../model/columns/blind-index.ts';
import type { OpenedColumn } from '../../model/columns/opened-column.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { batchLayout, type BatchColumn } from '../../model/plans/batch-layout.ts';
import type { PlannedTarget } from '../../model/plans/plan.ts';
import { findPair } from '../../model/plans/planned-pair.ts';
import type { PairRecord } from '../../model/schema/column-pair.ts';
import { openPlacedTable } from '../../planning/tables/open-placed-table.ts';
import { formatIfEncrypted } from '../formats/bind-transcoder.ts';

/** What every target of a run gets. */
export interface TargetTools {
  readonly transcoders: readonly Transcoder[];
  readonly undo: UndoPolicy;
  /** The columns that go into another one, each with that. */
  readonly pairs: readonly PairRecord[];
  /** The columns of blind indexes that are there. */
  readonly indexes: readonly IndexRecord[];
}

/** Gives every target of a migration its table and its transcoder. */
export function bindTargets(
  database: TargetDatabase,
  migration: MigrationRecord,
  tools: TargetTools,
): readonly RunningTarget[] {
  const { transcoders, undo } = tools;
  return migration.plan.targets.map((planned, index) => {
    const [record, transcoder] = [migration.targets[index], transcoders[index]];
    if (record?.table !== planned.table || !transcoder) {
      throw new Error(`the ledger does not list target "${planned.table}"`);
    }
    const { columns } = planned;
    const table = openPlacedTable(
      database,
      { table: planned.table, columns: batchLayout(columns).map((place) => opened(planned, place, tools)) },
      columns.flatMap(({ from, to }) => [from, to]).flatMap(formatIfEncrypted),
    );
    const keeper = createUndoKeeper({ id: record.id, columns, transcoder }, undo);
    return { id: record.id, record, planned, transcoder, table, undo: keeper };
  });
}

/** A column at its place in the batches; where one goes into another, both may be of any type. */
function opened(
  { table, columns }: PlannedTarget,
  place: BatchColumn,
  { pairs, indexes }: Pick<TargetTools, 'pairs' | 'indexes'>,
): OpenedColumn {
  const { kind, of } = place;
  const planned = columns[of];
  if (place.kind === 'index') {
    const record = findIndex(indexes, table, place.index);
    return { kind: record ? 'value' : 'absent', name: record?.column ?? place.index.column };
  }
  if (planned?.into === undefined) return planned?.name ?? '';
  if (kind === 'planned') return { kind: 'value', name: planned.name };
  const pair = findPair(pairs, table, planned);
  // A rehearsal makes no column.
  if (pair === undefined) return { kind: 'absent', name: planned.into.column };
  return kind === 'side' ? { kind: 'side', pairId: pair.id } : { kind: 'value', name: planned.into.column };
}
