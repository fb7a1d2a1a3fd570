import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { createRandom } from '../support/random.ts';
import type { KeyturnResult } from '../support/run-keyturn.ts';
import {
  commandsOf,
  createPeople,
  createVictim,
  expectTakenBack,
  expectUnharmed,
  type EncryptionWay,
  type People,
  type PeopleVictim,
} from './people-victim.ts';

/** Enough rows for threads that transcode, which then have several chunks in hand. */
const people = 21_000;

/** What is to be killed, and how often. */
export interface EncryptionCampaign extends EncryptionWay {
  readonly kills: number;
  readonly seed: number;
}

/** What the kills of a campaign met. */
export interface EncryptionKills {
  readonly seed: number;
  readonly kills: number;
  /** Encryptions that went there and back. */
  readonly lives: number;
  /** Values that the application has written meanwhile. */
  readonly written: number;
  /** Kills by the command that they met, and what it was doing. */
  readonly met: Readonly<Record<string, number>>;
}

/** One command of a life, what it works on, and what the campaign knows. */
interface Attack {
  readonly campaign: EncryptionCampaign;
  readonly victim: PeopleVictim;
  readonly truth: People;
  readonly command: string;
  readonly args: readonly string[];
  readonly use: 'shared' | 'exclusive';
}

const mostKillsInARow = 4;
/** How long a command takes that nobody has measured yet, in milliseconds. */
const firstGuess = 3000;

/**
 * Takes people there and back, and kills each command at random moments, several times, while the application writes plaintext.
 * After each kill every value is where it was, and no blind index is that of another value.
 */
export async function killEncryptions(campaign: EncryptionCampaign): Promise<EncryptionKills> {
  const random = createRandom(campaign.seed);
  const durations = new Map<string, number>();
  const met: Record<string, number> = {};
  const totals = { kills: 0, lives: 0, written: 0 };

  async function killSeveralTimes(attack: Attack): Promise<'done' | 'killed'> {
    const inARow = Math.min(1 + Math.floor(random() * mostKillsInARow), campaign.kills - totals.kills);
    for (let kill = 0; kill < inARow; kill += 1) {
      const writing = startWriting(attack, random);
      const killAfterMilliseconds = (0.25 + 0.75 * random()) * (durations.get(attack.command) ?? firstGuess);
      const result = await attack.victim.run({ killAfterMilliseconds }, attack.command, ...attack.args);
      totals.written += await writing.stop();
      await expectUnharmed(attack.victim, attack.truth, campaign);
      if (result.signal === null) {
        // 4: the application has kept writing plaintext. 17: nothing is left to finalize.
        expect([0, 4, ...nothingLeft(attack)], result.stdout + result.stderr).toContain(result.code);
        if (result.code !== 4) return 'done';
        continue;
      }
      totals.kills += 1;
      const what = `${attack.command}: ${phaseOf(result)}`;
      met[what] = (met[what] ?? 0) + 1;
    }
    return 'killed';
  }

  async function finish({ victim, truth, command, args }: Attack): Promise<void> {
    const { code, stdout, stderr, milliseconds } = await victim.run({ process: 'own' }, command, ...args);
    expect([0, ...nothingLeft({ command })], stdout + stderr).toContain(code);
    durations.set(command, milliseconds);
    await expectUnharmed(victim, truth, campaign);
  }

  while (totals.kills < campaign.kills) {
    const truth = createPeople(people);
    const victim = await createVictim(campaign, truth);
    const use = totals.lives % 2 === 0 ? 'shared' : 'exclusive';
    for (const [command, ...words] of commandsOf[campaign.destination]) {
      const args = [...words, '--yes', '--progress', 'plain', ...(use === 'shared' ? [] : ['--exclusive'])];
      const attack = { campaign, victim, truth, command, args, use } as const;
      if ((await killSeveralTimes(attack)) === 'killed') await finish(attack);
    }
    await expectTakenBack(victim, truth);
    totals.lives += 1;
  }
  return { seed: campaign.seed, ...totals, met };
}

/** How `finalize` ends where it had come to its end before it was killed. */
function nothingLeft({ command }: Pick<Attack, 'command'>): readonly number[] {
  return command === 'finalize' ? [17] : [];
}

const pauseMilliseconds = 15;

/** Lets the application write as long as a run works that allows it; `stop` tells how many of its writes were taken. */
function startWriting(
  { victim, truth, use }: Attack,
  random: () => number,
): { readonly stop: () => Promise<number> } {
  const stopping = new AbortController();
  const write = async (): Promise<number> => {
    let written = 0;
    while (use === 'shared' && !stopping.signal.aborted) {
      await sleep(pauseMilliseconds);
      const person = Math.floor(random() * people);
      const email = `Late.${String(random())}@Example.org`;
      // Refused: the old column takes nothing any more.
      const isTaken = await victim.write(person, email).then(
        () => true,
        () => false,
      );
      if (isTaken) truth[person] = email;
      written += isTaken ? 1 : 0;
    }
    return written;
  };
  const work = write();
  return {
    stop() {
      stopping.abort();
      return work;
    },
  };
}

/** From the last phase that stderr tells of. */
function phaseOf({ stderr }: KeyturnResult): string {
  return [...stderr.matchAll(/^(\w+ (?:started|finished))/gmu)].at(-1)?.[1] ?? 'before the run';
}
