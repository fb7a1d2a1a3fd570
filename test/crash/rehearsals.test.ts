import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/lib/model/runs/step.ts';
import { fleetSizes } from '../support/fleet-database.ts';
import { readLedgerStates } from '../support/independent-check.ts';
import { runKeyturn } from '../support/run-keyturn.ts';
import { countSteps, createStage, runAndKillAt } from './stage.ts';
import { expectDone, expectKilled, expectRotated, rotation, wayNumber } from './step-kills.ts';

const stage = createStage(fleetSizes(10));

function expectUntouched(path: string, before: Buffer): void {
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(stage.check(path)).toEqual({ damages: [], underOld: stage.tokens, underNew: 0 });
  expect(readLedgerStates(path)).toEqual([]);
}

describe('a dry run that is killed', () => {
  const rehearsal = (path: string, use: 'shared' | 'exclusive' = 'shared'): readonly string[] => [
    ...rotation(stage, path, use),
    ...['--dry-run', '--rehearse-writes', 'all'],
  ];

  it('at any step leaves the file as it was, byte for byte', async () => {
    const counts = await countSteps(rehearsal(stage.database('wal')), join(stage.folder, 'counts.json'));
    const kills = Object.entries(counts).map(([step, count]) => ({
      step: step as Step,
      occurrence: Math.ceil(count / 2),
    }));
    expect(kills.map(({ step }) => step)).toContain('before commit');
    const attempts = kills.map(async (instant, turn) => {
      const { journalMode, use } = wayNumber(turn);
      const path = stage.database(journalMode);
      const before = readFileSync(path);
      expectKilled(await runAndKillAt(rehearsal(path, use), instant));
      expectUntouched(path, before);
    });
    await Promise.all(attempts);
  });

  it('does not stand in the way of the rotation', async () => {
    const path = stage.database('delete');
    expectKilled(await runAndKillAt(rehearsal(path), { step: 'cells replaced', occurrence: 3 }));
    expectDone(await runKeyturn(rotation(stage, path)));
    expectRotated(stage, path);
  });
});

describe('planning that is killed', () => {
  it('leaves the file as it was, byte for byte, at whatever moment', async () => {
    const planning = (path: string): readonly string[] => ['plan', '--database', path, ...stage.keyFlags];
    const { code, milliseconds } = await runKeyturn(planning(stage.database('wal')), { process: 'own' });
    expect(code).toBe(0);
    for (const part of [0.5, 0.65, 0.8, 0.95]) {
      const path = stage.database(part < 0.7 ? 'wal' : 'delete');
      const before = readFileSync(path);
      await runKeyturn(planning(path), { killAfterMilliseconds: part * milliseconds });
      expectUntouched(path, before);
    }
  });
});
