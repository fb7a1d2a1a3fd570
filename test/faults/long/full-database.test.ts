import { expect, it } from 'vitest';
import { createStage, journalModes } from '../../crash/stage.ts';
import { expectDone } from '../../crash/step-kills.ts';
import { fleetSizes } from '../../support/fleet-database.ts';
import { runKeyturn } from '../../support/run-keyturn.ts';
import { countPages, withMostPages } from '../full-database.ts';
import { createAttempts, discard, expectToSurvive, undertakings } from '../machine.ts';

const stage = createStage(fleetSizes(10));
const prepareAttempt = createAttempts(stage);

const everyWay = undertakings.flatMap((during) => journalModes.map((mode) => ({ during, mode })));

it.each(everyWay)(
  'a database that is full at any page, during a $during ($mode)',
  async ({ during, mode }) => {
    const sound = await prepareAttempt(during, mode);
    const first = countPages(sound.database);
    expectDone(await runKeyturn(sound.command));
    const last = countPages(sound.database);
    const codes: Record<string, number> = {};
    for (let pages = first; pages <= last; pages += 1) {
      const attempt = await prepareAttempt(during, mode);
      const { code } = await expectToSurvive(stage, attempt, withMostPages(pages));
      codes[String(code)] = (codes[String(code)] ?? 0) + 1;
      discard(attempt);
    }
    console.info(`full at page ${first} to ${last}, during a ${during} (${mode}): exit codes`, codes);
    expect(codes['75'] ?? 0).toBeGreaterThan(during === 'resumption' ? -1 : 0);
  },
);
