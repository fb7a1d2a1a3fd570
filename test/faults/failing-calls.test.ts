import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createStage } from '../crash/stage.ts';
import { fleetSizes } from '../support/fleet-database.ts';
import { hasFailed, underFailingCall, whyNoCallFails, type FailingCall } from './failing-calls.ts';
import { createAttempts, expectToSurvive, type Undertaking } from './machine.ts';

/** A few of what `npm run test:faults` tries one after the other. */
const cases: readonly (Omit<FailingCall, 'lasts'> & {
  readonly during: Undertaking;
  readonly mode: 'wal' | 'delete';
})[] = [
  { during: 'rotation', mode: 'wal', call: 'pwrite64', error: 'ENOSPC', occurrence: 60 },
  { during: 'rotation', mode: 'delete', call: 'fsync', error: 'EIO', occurrence: 30 },
  { during: 'rotation', mode: 'delete', call: 'unlink', error: 'EIO', occurrence: 12 },
  { during: 'rotation', mode: 'wal', call: 'link', error: 'EIO', occurrence: 1 },
  // The first name of a backup that is complete could not be removed: that was an unexpected error.
  { during: 'rotation', mode: 'wal', call: 'unlink', error: 'EIO', occurrence: 7 },
  { during: 'resumption', mode: 'delete', call: 'openat', error: 'EMFILE', occurrence: 4 },
  { during: 'rollback', mode: 'wal', call: 'fsync', error: 'EIO', occurrence: 5 },
];

const whyNot = whyNoCallFails();

describe.skipIf(whyNot !== undefined)(`a system call that fails ${whyNot ?? ''}`.trimEnd(), () => {
  const stage = createStage(fleetSizes(10));
  const prepareAttempt = createAttempts(stage);

  it.concurrent.each(
    cases.flatMap((one) => [
      { ...one, lasts: 'once' as const },
      { ...one, lasts: 'for good' as const },
    ]),
  )(
    '$call, $lasts ($error), during a $during in journal mode $mode',
    async ({ during, mode, ...failing }) => {
      const attempt = await prepareAttempt(during, mode);
      const log = join(stage.folder, `${Object.values(failing).join('-')}-${during}-${mode}.log`);
      await expectToSurvive(stage, attempt, { under: underFailingCall(attempt, failing, log) });
      expect(hasFailed(log)).toBe(true);
    },
  );
});
