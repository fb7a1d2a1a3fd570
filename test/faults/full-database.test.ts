import { describe, expect, it } from 'vitest';
import { createStage, journalModes } from '../crash/stage.ts';
import { fleetSizes } from '../support/fleet-database.ts';
import { countPages, withMostPages } from './full-database.ts';
import { createAttempts, expectToSurvive } from './machine.ts';

describe('a database that may not grow', () => {
  const stage = createStage(fleetSizes(10));

  it.concurrent.each(journalModes)('ends the run with exit 75 and lets it go on later (%s)', async (mode) => {
    const attempt = await createAttempts(stage)('rotation', mode);
    const pages = countPages(attempt.database) + 10;
    const { code, stdout } = await expectToSurvive(stage, attempt, withMostPages(pages));
    expect(code).toBe(75);
    expect(stdout).toContain('KT_DISK_FULL');
  });
});
