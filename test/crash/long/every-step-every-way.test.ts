import { join } from 'node:path';
import { describe, it } from 'vitest';
import { steps } from '../../../src/lib/model/runs/step.ts';
import { fleetSizes } from '../../support/fleet-database.ts';
import { countSteps, createStage } from '../stage.ts';
import {
  earlyHalfWayAndLate,
  expectRollbackToSurvive,
  expectRotationToSurvive,
  rollback,
  rotation,
  ways,
} from '../step-kills.ts';

const stage = createStage(fleetSizes(40));

describe.each(ways)('kills in journal mode $journalMode, $use use', (way) => {
  it('at every step of a rotation lose nothing', async () => {
    const path = stage.database(way.journalMode);
    const counts = await countSteps(rotation(stage, path, way.use), join(stage.folder, 'counts.json'));
    for (const step of steps) {
      const kills = firstMiddleAndLast(counts[step] ?? 0).map((occurrence) =>
        expectRotationToSurvive(stage, way, { step, occurrences: [occurrence] }),
      );
      await Promise.all(kills);
    }
  });

  it('at every step of a rollback lose nothing', async () => {
    const path = await stage.rotatedDatabase(way.journalMode);
    const counts = await countSteps(rollback(path, way.use), join(stage.folder, 'counts.json'));
    const reached = steps.flatMap((step) => {
      const count = counts[step] ?? 0;
      return count === 0 ? [] : [{ step, occurrences: earlyHalfWayAndLate(count) }];
    });
    for (const kills of reached) await expectRollbackToSurvive(stage, way, kills);
  });
});

function firstMiddleAndLast(count: number): readonly number[] {
  return [...new Set([1, Math.ceil(count / 2), count])];
}
