import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createStage, journalModes, type JournalMode } from '../../crash/stage.ts';
import { expectDone } from '../../crash/step-kills.ts';
import type { FleetSizes } from '../../support/fleet-database.ts';
import { runKeyturn } from '../../support/run-keyturn.ts';
import {
  errorsOfCalls,
  hasFailed,
  readCalls,
  systemCalls,
  underFailingCall,
  underWatch,
  whyNoCallFails,
  type FailingCall,
  type MadeCalls,
  type SystemCall,
} from '../failing-calls.ts';
import { createAttempts, discard, expectToSurvive, undertakings, type Undertaking } from '../machine.ts';

/**
 * How many occurrences of each call are tried, evenly spread from the first to the last. `all` tries each but those in the
 * middle of a row of calls on the same file, see MadeCalls.
 */
const pointsWanted = process.env['KEYTURN_TEST_POINTS'] ?? '8';

/** Two tables with rowids, one of them with rows only for half a chunk, and one without: further ones repeat their calls. */
const sizes: FleetSizes = {
  ...{ machines: 0, metrics_history: 16, commands: 0, widget_logs: 0, agent_db_keys: 0, export_logs: 0 },
  ...{ site_secrets: 9, notes: 3, far_samples: 0, attachments: 0 },
};

/** Commands that run side by side. */
const sideBySide = 2;

const whyNot = whyNoCallFails();
const stage = createStage(sizes);
const prepareAttempt = createAttempts(stage);
let attempts = 0;

const everyWay = undertakings.flatMap((during) =>
  journalModes.flatMap((mode) => systemCalls.map((call) => ({ during, mode, call }))),
);

describe.skipIf(whyNot !== undefined)(`a system call that fails ${whyNot ?? ''}`.trimEnd(), () => {
  it.each(everyWay)('$call during a $during in journal mode $mode', async ({ during, mode, call }) => {
    const made = (await callsOf(during, mode)).get(call) ?? { most: 0, edges: [] };
    const failures = occurrences(made).flatMap((occurrence, index) =>
      failuresAt(call, { occurrence, index }),
    );
    const codes: Record<string, number> = {};
    await eachOf(failures, async (failing) => {
      const code = await survive(during, mode, failing);
      codes[code] = (codes[code] ?? 0) + 1;
    });
    console.info(
      `${call} during a ${during} (${mode}): ${made.most} calls, ${failures.length} failures, exit codes`,
      codes,
    );
  });
});

const counted = new Map<string, Promise<ReadonlyMap<SystemCall, MadeCalls>>>();

/** The calls that are made when none fails. */
function callsOf(during: Undertaking, mode: JournalMode): Promise<ReadonlyMap<SystemCall, MadeCalls>> {
  const name = `${during}-${mode}`;
  const calls = counted.get(name) ?? countOnce(during, mode, join(stage.folder, `${name}.log`));
  counted.set(name, calls);
  return calls;
}

async function countOnce(
  during: Undertaking,
  mode: JournalMode,
  log: string,
): Promise<ReadonlyMap<SystemCall, MadeCalls>> {
  const attempt = await prepareAttempt(during, mode);
  expectDone(await runKeyturn(attempt.command, { under: underWatch(attempt, log) }));
  return readCalls(log);
}

/** One failure, and what came of it. */
async function survive(during: Undertaking, mode: JournalMode, failing: FailingCall): Promise<string> {
  attempts += 1;
  const log = join(stage.folder, `attempt-${attempts}.log`);
  const attempt = await prepareAttempt(during, mode);
  try {
    const { code } = await expectToSurvive(stage, attempt, {
      under: underFailingCall(attempt, failing, log),
    });
    const end = hasFailed(log) ? String(code) : 'not reached';
    discard(attempt);
    rmSync(log);
    return end;
  } catch (error) {
    throw new Error(`${JSON.stringify(failing)} during a ${during} (${mode})`, { cause: error });
  }
}

/** Once and for good. Where a call has several errors they take turns: only the message depends on which one it is. */
function failuresAt(
  call: SystemCall,
  { occurrence, index }: { readonly occurrence: number; readonly index: number },
): readonly FailingCall[] {
  const errors = errorsOfCalls[call];
  return (['once', 'for good'] as const).flatMap((lasts, turn) => {
    const error = errors[(index + turn) % errors.length];
    return error === undefined ? [] : [{ call, error, occurrence, lasts }];
  });
}

function occurrences({ most, edges }: MadeCalls): readonly number[] {
  if (pointsWanted === 'all') return [...new Set(edges)].sort((one, other) => one - other);
  const points = Math.min(most, Number(pointsWanted));
  return Array.from({ length: points }, (_, point) =>
    points === 1 ? 1 : 1 + Math.round((point * (most - 1)) / (points - 1)),
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
