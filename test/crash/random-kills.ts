import { expect } from 'vitest';
import { readLedgerStates } from '../support/independent-check.ts';
import { createRandom } from '../support/random.ts';
import { runKeyturn, type KeyturnResult } from '../support/run-keyturn.ts';
import type { JournalMode, Stage } from './stage.ts';
import {
  expectDone,
  expectRolledBack,
  expectRotated,
  rollback,
  rotation,
  wayNumber,
  type Way,
} from './step-kills.ts';

/** What is to be killed, and how often. */
export interface KillCampaign {
  readonly stage: Stage;
  readonly command: 'rotate' | 'rollback';
  readonly kills: number;
  readonly seed: number;
}

/** What the kills of a campaign met. */
export interface KillStatistics {
  readonly seed: number;
  readonly kills: number;
  readonly migrations: number;
  /** Processes that were done before their kill came; they do not count as kills. */
  readonly doneBefore: number;
  readonly mostInARow: number;
  /** Kills by what the process was doing. */
  readonly phases: Readonly<Record<string, number>>;
}

/** One migration under fire: where it is and how it is started and resumed. */
interface Victim {
  readonly path: string;
  readonly command: readonly string[];
  readonly resumption: readonly string[];
  expectEnd(): void;
}

const mostKillsInARow = 6;

/**
 * Starts migrations and kills them at random moments, several times each, checking every cell after every kill;
 * then lets each come to its end and checks that it is a good one.
 */
export async function killAtRandom(campaign: KillCampaign): Promise<KillStatistics> {
  const random = createRandom(campaign.seed);
  const phases: Record<string, number> = {};
  const totals = { kills: 0, migrations: 0, doneBefore: 0, mostInARow: 0 };
  const durations = new Map<JournalMode, Duration>();
  while (totals.kills < campaign.kills) {
    const way = wayNumber(totals.migrations);
    const victim = await createVictim(campaign, way);
    const duration = durations.get(way.journalMode) ?? (await measure(await createVictim(campaign, way)));
    durations.set(way.journalMode, duration);
    totals.migrations += 1;
    const inARow = Math.min(1 + Math.floor(random() * mostKillsInARow), campaign.kills - totals.kills);
    for (let kill = 1; kill <= inARow; kill += 1) {
      const result = await fireAt(victim, { random, duration });
      expect(campaign.stage.check(victim.path).damages).toEqual([]);
      if (result.signal === null) {
        expectDone(result);
        totals.doneBefore += 1;
        break;
      }
      totals.kills += 1;
      totals.mostInARow = Math.max(totals.mostInARow, kill);
      const phase = phaseOf(result);
      phases[phase] = (phases[phase] ?? 0) + 1;
    }
    expectDone(await runKeyturn(victim.command));
    victim.expectEnd();
  }
  return { seed: campaign.seed, ...totals, phases };
}

/** A seed from KEYTURN_TEST_SEED, to repeat a campaign, or else a new one. */
export function chooseSeed(): number {
  return Number(process.env['KEYTURN_TEST_SEED'] ?? Date.now() % 2 ** 31);
}

async function createVictim({ stage, command }: KillCampaign, { journalMode, use }: Way): Promise<Victim> {
  const isRotation = command === 'rotate';
  const path = isRotation ? stage.database(journalMode) : await stage.rotatedDatabase(journalMode);
  const resumption = ['execute', '--database', path, '--yes', '--batch-rows', '7'];
  return {
    path,
    command: isRotation ? rotation(stage, path, use) : rollback(path, use),
    resumption: use === 'exclusive' ? [...resumption, '--exclusive'] : resumption,
    expectEnd() {
      if (isRotation) expectRotated(stage, path);
      else expectRolledBack(stage, path);
    },
  };
}

/** How long a command takes altogether, and how long from its first write on. */
interface Duration {
  readonly wholeMilliseconds: number;
  readonly runMilliseconds: number;
}

/** Whatever a run does first, it says that it has started it. */
const runBegins = / started$/mu;

async function measure({ command }: Victim): Promise<Duration> {
  let begun = Number.NaN;
  const result = await runKeyturn(command, {
    onStderr(text) {
      if (Number.isNaN(begun) && runBegins.test(text)) begun = performance.now();
    },
  });
  expectDone(result);
  return { wholeMilliseconds: result.milliseconds, runMilliseconds: performance.now() - begun };
}

/** One kill in five may come at any moment, also before the run has begun; the others come after that. */
const anyMoment = 0.2;

/** The same command again resumes a migration, and so does `execute`: one of them, when both can. */
function fireAt(
  victim: Victim,
  { random, duration }: { readonly random: () => number; readonly duration: Duration },
): Promise<KeyturnResult> {
  const [latest] = readLedgerStates(victim.path);
  const isUnfinished = latest !== undefined && latest !== 'succeeded' && latest !== 'cancelled';
  const command = isUnfinished && random() < 0.5 ? victim.resumption : victim.command;
  const isAnyMoment = random() < anyMoment;
  const part = random();
  if (isAnyMoment) return runKeyturn(command, { killAfterMilliseconds: part * duration.wholeMilliseconds });
  let isAimed = false;
  return runKeyturn(command, {
    onStderr(text, signal) {
      if (isAimed || !runBegins.test(text)) return;
      isAimed = true;
      setTimeout(() => {
        signal('SIGKILL');
      }, part * duration.runMilliseconds);
    },
  });
}

/** From the last phase that stderr tells of. */
function phaseOf({ stderr }: KeyturnResult): string {
  const last = [...stderr.matchAll(/^(backup|execute|verify|census) (started|finished)/gmu)].at(-1);
  if (!last) return 'before the run';
  return last[2] === 'started' ? (last[1] ?? '') : `after ${last[1] ?? ''}`;
}
