import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { createMutatedProject } from '../mutated-project.ts';
import { mutants } from '../mutants.ts';

/** How long the schedules may take to find a defect; most are found within a few seconds. */
const patienceMilliseconds = 120_000;

const exploration = `import { explore } from './test/schedules/explore.ts';
await explore({ milliseconds: ${patienceMilliseconds}, onFailure: 'stop' });`;

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
  patienceMilliseconds + 60_000,
);
