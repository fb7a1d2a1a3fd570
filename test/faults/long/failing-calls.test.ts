import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createStage, journalModes, type JournalMode } from '../../crash/stage.ts';
import { expectDone } from '../../crash/step-kills.ts';
import { fleetSizes } from '../../support/fleet-database.ts';
import { runKeyturn } from '../../support/run-keyturn.ts';
import {
  countCalls,
  errorsOfCalls,
  hasFailed,
  systemCalls,
  underFailingCall,
  underWatch,
  whyNoCallFails,
  type FailingCall,
  type SystemCall,
} from '../failing-calls.ts';
import { expectToSurvive, prepareAttempt, undertakings, type Undertaking } from '../machine.ts';

/** How many occurrences of each call are tried, evenly spread from the first to the last; `all` tries each. */
const pointsWanted = process.env['KEYTURN_TEST_POINTS'] ?? '8';

/** Commands that run side by side. */
const sideBySide = 2;

const whyNot = whyNoCallFails();
const stage = createStage(fleetSizes(10));
let attempts = 0;

const everyWay = undertakings.flatMap((during) =>
  journalModes.flatMap((mode) => systemCalls.map((call) => ({ during, mode, call }))),
);

describe.skipIf(whyNot !== undefined)(`a system call that fails ${whyNot ?? ''}`.trimEnd(), () => {
  it.each(everyWay)('$call during a $during in journal mode $mode', async ({ during, mode, call }) => {
    const made = (await callsOf(during, mode)).get(call) ?? 0;
    const failures = occurrences(made).flatMap((occurrence) =>
      errorsOfCalls[call].flatMap((error) =>
        (['once', 'for good'] as const).map((lasts): FailingCall => ({ call, error, occurrence, lasts })),
      ),
    );
    const codes: Record<string, number> = {};
    await eachOf(failures, async (failing) => {
      const code = await survive(during, mode, failing);
      codes[code] = (codes[code] ?? 0) + 1;
    });
    console.info(
      `${call} during a ${during} (${mode}): ${made} calls, ${failures.length} failures, exit codes`,
      codes,
    );
  });
});

const counted = new Map<string, Promise<ReadonlyMap<SystemCall, number>>>();

/** How often each call is made when none fails. */
function callsOf(during: Undertaking, mode: JournalMode): Promise<ReadonlyMap<SystemCall, number>> {
  const name = `${during}-${mode}`;
  const calls = counted.get(name) ?? countOnce(during, mode, join(stage.folder, `${name}.log`));
  counted.set(name, calls);
  return calls;
}

async function countOnce(
  during: Undertaking,
  mode: JournalMode,
  log: string,
): Promise<ReadonlyMap<SystemCall, number>> {
  const attempt = await prepareAttempt(stage, during, mode);
  expectDone(await runKeyturn(attempt.command, { under: underWatch(attempt, log) }));
  return countCalls(log);
}

/** One failure, and what came of it. */
async function survive(during: Undertaking, mode: JournalMode, failing: FailingCall): Promise<string> {
  attempts += 1;
  const log = join(stage.folder, `attempt-${attempts}.log`);
  const attempt = await prepareAttempt(stage, during, mode);
  try {
    const { code } = await expectToSurvive(stage, attempt, {
      under: underFailingCall(attempt, failing, log),
    });
    return hasFailed(log) ? String(code) : 'not reached';
  } catch (error) {
    throw new Error(`${JSON.stringify(failing)} during a ${during} (${mode})`, { cause: error });
  }
}

function occurrences(made: number): readonly number[] {
  const points = pointsWanted === 'all' ? made : Math.min(made, Number(pointsWanted));
  return Array.from({ length: points }, (_, point) =>
    points === 1 ? 1 : 1 + Math.round((point * (made - 1)) / (points - 1)),
  );
}

async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = items.values();
  const errors: unknown[] = [];
  const workers = Array.from({ length: sideBySide }, async () => {
    for (const item of queue) await work(item).catch((error: unknown) => errors.push(error));
  });
  await Promise.all(workers);
  expect(errors).toEqual([]);
}
