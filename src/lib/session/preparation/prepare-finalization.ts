import type { RunIntent } from '../../engine/runs/choose-migration.ts';
import type { LoadedKeys } from '../../keys/load-key-pair.ts';
import type { PlacedColumn } from '../../model/columns/placed-column.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { indexesKept } from '../../model/plans/batch-layout.ts';
import type { PlaintextEnd } from '../../model/plans/plaintext-end.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { columnsToPart } from '../../model/plans/planned-pair.ts';
import type { PlaintextWriter } from '../../model/runs/plaintext-writer.ts';
import { refuseGone } from '../../planning/check-plan.ts';
import { refitPairs } from '../../planning/refit-plan.ts';
import { withReadOnlyDatabase } from '../database/open-database.ts';
import { readPlaintextWriters } from '../database/plaintext-writers.ts';
import { planOf, requireUnfinished } from '../database/recorded-migrations.ts';
import { loadPlannedKeys, type KeyOverrides } from '../keys/recorded-keys.ts';

/** A migration whose plaintext is to go. */
export interface PreparedFinalization {
  readonly plan: Plan;
  readonly intent: RunIntent;
  readonly keys: LoadedKeys;
  /** The columns of plaintext. */
  readonly columns: readonly PlacedColumn[];
  /** Who has written plaintext since the last run. */
  readonly writers: readonly PlaintextWriter[];
  /** What a finalize that has begun, and not ended, does to them; `null`: none has. */
  readonly begun: PlaintextEnd | null;
}

/** Prepares to end the encryption that waits for it. Exit 17 where none does. */
export async function prepareFinalization(
  location: DatabaseLocation,
  id: string | undefined,
  overrides: KeyOverrides,
): Promise<PreparedFinalization> {
  return withReadOnlyDatabase(location, async (database) => {
    const migration = await requireUnfinished(database, id);
    const tables = await database.listTables();
    const plan = refitPairs(planOf(migration, database), tables);
    refuseGone(plan, tables);
    const columns = columnsToPart(plan);
    const replaces = plan.targets.some((target) =>
      target.columns.flatMap(indexesKept).some((index) => index.replaces !== undefined),
    );
    if (columns.length === 0 && !replaces) throw nothingToFinalize(migration);
    return {
      plan,
      columns,
      intent: { kind: 'resume', migrationId: migration.id },
      keys: await loadPlannedKeys(plan, overrides),
      writers: await readPlaintextWriters(database, plan),
      begun: migration.contract,
    };
  });
}

function nothingToFinalize({ id, state }: MigrationRecord): KeyturnError {
  return new KeyturnError({
    code: 'KT_NOTHING_TO_FINALIZE',
    reason: 'nothingFound',
    message: `migration ${id} (${state}) puts no values into other columns and replaces no blind indexes: there is nothing to finalize`,
    hints: ['keyturn status', 'keyturn execute'],
  });
}
