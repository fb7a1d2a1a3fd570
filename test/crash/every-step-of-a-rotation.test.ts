import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { steps, type Step } from '../../src/lib/model/runs/step.ts';
import { fleetSizes } from '../support/fleet-database.ts';
import { countSteps, createStage } from './stage.ts';
import { earlyHalfWayAndLate, expectRotationToSurvive, rotation, wayNumber } from './step-kills.ts';

describe('a rotation that is killed', () => {
  const stage = createStage(fleetSizes(40));
  let counts: Partial<Record<Step, number>>;

  beforeAll(async () => {
    counts = await countSteps(rotation(stage, stage.database('wal')), join(stage.folder, 'counts.json'));
  });

  it('passes every step there is', () => {
    expect(Object.keys(counts).sort()).toEqual([...steps].sort());
  });

  it.each(steps)('is described at "%s" in docs/crash-safety.md', (step) => {
    expect(readFileSync('docs/crash-safety.md', 'utf8')).toContain(`| \`${step}\` `);
  });

  it.concurrent.each(steps.map((step, index) => ({ step, index })))(
    'at "$step", early, half way and late, loses nothing, and comes to its end when it is run again',
    async ({ step, index }) => {
      await expectRotationToSurvive(stage, wayNumber(index), {
        step,
        occurrences: earlyHalfWayAndLate(counts[step] ?? 0),
      });
    },
  );
});
