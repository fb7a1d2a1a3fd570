import type { TargetDatabase } from '../../databases/target-database.ts';
import type { Steering } from '../../engine/steering/steering.ts';
import type { MigrationKeys } from '../../keys/migration-keys.ts';
import { keepsKey } from '../../model/plans/key-change.ts';
import type { Plan } from '../../model/plans/plan.ts';
import type { Leftover } from '../../model/runs/leftover.ts';
import { censusTargetsOf } from '../../planning/census/census.ts';
import { findCellsUnder } from '../../planning/census/find-cells-under.ts';
import { formatIfEncrypted } from '../formats/bind-transcoder.ts';
import { isGuesswork } from '../formats/refuse-weak-format.ts';

/** What a census needs besides the plan. */
interface CensusRequest {
  readonly keys: MigrationKeys;
  readonly steering: Pick<Steering, 'stop' | 'heed'>;
}

/** How often a census begins again because tables were made, altered or dropped under it. */
const mostCensuses = 3;

/** Looks for cells under the old key in every column outside the plan; all of them as they are at its end. */
export async function takeCensus(
  database: TargetDatabase,
  plan: Plan,
  request: CensusRequest,
): Promise<readonly Leftover[] | 'stopped'> {
  for (let attempt = 1; ; attempt += 1) {
    const layoutVersion = await database.layoutVersion();
    const isOutdated = async (): Promise<boolean> =>
      attempt < mostCensuses && (await database.layoutVersion()) !== layoutVersion;
    try {
      const found = await searchEverywhere(database, plan, request);
      if (found === 'stopped' || !(await isOutdated())) return found;
    } catch (error) {
      if (!(await isOutdated())) throw error;
    }
  }
}

async function searchEverywhere(
  database: TargetDatabase,
  plan: Plan,
  { keys, steering: { stop, heed } }: CensusRequest,
): Promise<readonly Leftover[] | 'stopped'> {
  const sourceFormats = new Set(
    plan.targets.flatMap(({ columns }) => columns.flatMap(({ from }) => formatIfEncrypted(from))),
  );
  const found: Leftover[] = [];
  // Only a rotation promises that nothing is left under its old key: other columns may go on to use the key.
  if (keys.old === null || keys.new === null || keepsKey(plan)) return found;
  try {
    for (const format of sourceFormats) {
      if (isGuesswork(format)) continue;
      const search = { format, cipher: format.bind(keys.old), signal: stop, heed };
      found.push(...(await findCellsUnder(database, censusTargetsOf(plan), search)));
    }
    return found;
  } catch (error) {
    if (stop.aborted) return 'stopped';
    throw error;
  }
}
