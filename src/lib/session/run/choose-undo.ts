import type { TargetDatabase } from '../../databases/target-database.ts';
import type { OpenedRun } from '../../engine/runs/open-run.ts';
import type { UndoPolicy } from '../../engine/undo-keeper.ts';
import { currentRunner } from '../database/run-owner.ts';

/**
 * What a run does with old cells. A migration that keeps them goes on doing so, whoever resumes it and with which
 * flags; only a rollback puts back what was kept.
 */
export async function chooseUndo(
  database: TargetDatabase,
  { migration }: OpenedRun,
  wanted: UndoPolicy['replaced'] = 'forgotten',
): Promise<UndoPolicy> {
  if (wanted === 'kept' && migration.undo === 'none') {
    const note = { migrationId: migration.id, actor: currentRunner().actor };
    await database.transaction(({ ledger }) => ledger.noteUndo(note));
  }
  const isRollback = migration.reverses !== null;
  return {
    replaced: wanted === 'kept' || migration.undo === 'keep' ? 'kept' : 'forgotten',
    kept: isRollback && (await database.ledger.countKeptCells()) > 0 ? 'restored' : 'ignored',
  };
}
