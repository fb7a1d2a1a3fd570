import { lives } from '../../engine/runs/living-runs.ts';
import { termsIn } from '../../ledger/events/run-terms.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import type { RunOwner } from '../../model/runs/run-owner.ts';
import type { TriggerChoice } from '../../model/runs/trigger-choice.ts';
import { withReadOnlyDatabase } from '../database/open-database.ts';
import { currentRunner } from '../database/run-owner.ts';

/** What a run lets triggers do, and who that is. */
export interface TriggersOfOthers {
  readonly owner: RunOwner;
  readonly triggers: TriggerChoice;
}

/** What the runs that live let triggers do, which all do the same; undefined where none lives. Looks only: who joins them is asked again. */
export function findTriggersOfOthers(location: DatabaseLocation): Promise<TriggersOfOthers | undefined> {
  return withReadOnlyDatabase(location, async ({ ledger }) => {
    const lease = (await ledger.listLeases()).find((one) => lives(one, currentRunner()));
    if (!lease) return undefined;
    const terms = termsIn(await ledger.listEvents(lease.migrationId)).get(lease.workerId);
    return { owner: lease.owner, triggers: terms?.triggers ?? 'fire' };
  });
}
