import fc from 'fast-check';
import { expect, it } from 'vitest';
import { explore } from './explore.ts';
import { mutants } from './mutants.ts';
import { createMutatedProject } from './mutated-project.ts';
import { runSchedule } from './run-schedule.ts';
import { scenarios } from './scenario.ts';

it('no order of events loses a value, encrypts one twice, or overwrites what an application wrote', async () => {
  const { schedules, schedulesPerMinute } = await explore({
    milliseconds: 5000,
    leastSchedules: 5,
    onFailure: 'shrink',
  });
  console.info(`${schedules} schedules, ${schedulesPerMinute} a minute`);
});

it('a schedule runs the same way every time', async () => {
  const [scenario] = fc.sample(scenarios, { numRuns: 1, seed: 5 });
  if (!scenario) throw new Error('there is no scenario');
  const withoutIds = (trace: readonly string[]): readonly string[] =>
    trace.map((line) => line.replace(/migration \S+/u, ''));
  expect(withoutIds(await runSchedule(scenario))).toEqual(withoutIds(await runSchedule(scenario)));
});

it('the lease of a dead process on another host is over soon, also where the clock was set back by an hour', async () => {
  const trace = await runSchedule({
    tables: ['accounts'],
    rows: 3,
    batchRows: 1,
    lookahead: 1,
    foreignCells: 0,
    maximumQuarantine: 0,
    interleaving: 1,
    happenings: [
      { at: 0, kind: 'kill', runner: 0 },
      { at: 0, kind: 'start', task: 'rotate', host: 'elsewhere' },
      { at: 40, kind: 'kill', runner: 0 },
      { at: 40, kind: 'clock', milliseconds: -3_600_000 },
    ],
  });
  expect(trace.filter((line) => line.endsWith('takeOverRun'))).toHaveLength(1);
});

it.each(mutants)('the text of the defect "$defect" is still there to be replaced', (mutant) => {
  createMutatedProject(mutant).remove();
});
