import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { mutants } from '../mutants.ts';
import { createMutatedProject } from '../mutated-project.ts';

/** How many schedules there may be until a defect is found; most are found by one of the first hundred. */
const mostSchedules = 3000;
const timeoutMilliseconds = 30 * 60_000;

const exploration = `import { explore } from './test/schedules/explore.ts';
await explore({ milliseconds: ${timeoutMilliseconds}, mostSchedules: ${mostSchedules}, onFailure: 'stop' });`;

it.each(mutants)(
  'code that $defect is found out',
  async (mutant) => {
    const project = createMutatedProject(mutant);
    onTestFinished(() => {
      project.remove();
    });
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', exploration], {
      cwd: project.folder,
      maxBuffer: 2 ** 26,
    });
    await expect(run).rejects.toThrow('KEYTURN_TEST_SCHEDULE=');
  },
  timeoutMilliseconds + 60_000,
);
