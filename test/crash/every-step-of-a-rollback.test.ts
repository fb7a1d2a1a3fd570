import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { steps, type Step } from '../../src/lib/model/runs/step.ts';
import { fleetSizes } from '../support/fleet-database.ts';
import { countSteps, createStage } from './stage.ts';
import { earlyHalfWayAndLate, expectRollbackToSurvive, rollback, wayNumber } from './step-kills.ts';

/** A rollback makes no backup unless it is told to. */
const stepsOfARollback = steps.filter((step) => !step.startsWith('backup'));

describe('a rollback that is killed', () => {
  const stage = createStage(fleetSizes(40));
  let counts: Partial<Record<Step, number>>;

  beforeAll(async () => {
    const path = await stage.rotatedDatabase('wal');
    counts = await countSteps(rollback(path), join(stage.folder, 'counts.json'));
  });

  it('passes every step there is', () => {
    expect(Object.keys(counts).sort()).toEqual([...stepsOfARollback].sort());
  });

  it.concurrent.each(stepsOfARollback.map((step, index) => ({ step, index })))(
    'at "$step", early, half way and late, loses nothing, and comes to its end when it is run again',
    async ({ step, index }) => {
      await expectRollbackToSurvive(stage, wayNumber(index), {
        step,
        occurrences: earlyHalfWayAndLate(counts[step] ?? 0),
      });
    },
  );
});
