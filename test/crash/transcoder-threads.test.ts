import { describe, expect, it } from 'vitest';
import type { VerifyResult } from '../../src/lib/cli/results/verify-result.ts';
import { openJobThread } from '../../src/lib/session/threads/job-thread.ts';
import { fleetSizes } from '../support/fleet-database.ts';
import { runKeyturn } from '../support/run-keyturn.ts';
import { createStage, runAndKillAt } from './stage.ts';
import { expectDone, expectKilled, expectRotated } from './step-kills.ts';

/** Enough rows for transcoders on threads of their own, which have several chunks in hand at a time. */
const stage = createStage({ ...fleetSizes(20), far_samples: 22_000 });

describe('a rotation with several chunks in hand', () => {
  it('is killed again and again, takes up the chunks it had claimed, and loses nothing', async () => {
    const path = stage.database('wal');
    const command = ['rotate', '--database', path, ...stage.keyFlags, '--yes', '--no-backup', '--exclusive'];
    const inSmallChunks = [...command, '--batch-rows', '500'];
    for (const step of ['chunk transcoded', 'before commit'] as const) {
      expectKilled(await runAndKillAt(inSmallChunks, { step, occurrence: 13 }));
      expect(stage.check(path).damages).toEqual([]);
    }
    expectDone(await runKeyturn(command));
    expectRotated(stage, path);
  });

  it('is told when a thread of it dies, with every job that the thread had', async () => {
    const thread = openJobThread('transcoder-worker', { plan: 'none' });
    const jobs = await Promise.allSettled([thread.ask({}), thread.ask({})]);
    for (const job of [...jobs, ...(await Promise.allSettled([thread.ask({})]))]) {
      expect(job).toMatchObject({
        status: 'rejected',
        reason: { code: 'KT_TRANSCODER_FAILED', exitCode: 1 },
      });
    }
    await thread.close();
  });

  it('is verified on a thread of its own, which counts what is counted without one', async () => {
    const path = await stage.rotatedDatabase('wal');
    const { code, stdout } = await runKeyturn(['verify', '--database', path, ...stage.keyFlags, '--json']);
    expect(code).toBe(0);
    const { outcome, total } = JSON.parse(stdout) as VerifyResult;
    expect({ outcome, new: total.new, old: total.old }).toEqual({
      outcome: 'verified',
      new: stage.check(path).underNew,
      old: 0,
    });
  });
});
