import { copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { fleetSizes } from '../support/fleet-database.ts';
import { runKeyturn } from '../support/run-keyturn.ts';
import { mountSmallDisk } from './small-disk.ts';
import { createStage, journalModes, runAndKillAt } from './stage.ts';
import { expectDone, expectRotated } from './step-kills.ts';

const stage = createStage(fleetSizes(20));

/** In chunks of one row, so that the ledger grows all the time. */
function rotation(path: string): readonly string[] {
  return [
    ...['rotate', '--database', path, ...stage.keyFlags],
    ...['--yes', '--no-backup', '--exclusive', '--batch-rows', '1'],
  ];
}

/** The database with its log or journal, in bytes. */
function filesOf(path: string): readonly number[] {
  return ['', '-wal', '-journal'].map((part) => statSync(path + part, { throwIfNoEntry: false })?.size ?? 0);
}

describe.each(journalModes)(
  'a disk that gives out in the middle of a run, journal mode %s',
  (journalMode) => {
    /** What the files have grown to when a pass begins. */
    async function filesAtPass(number: number): Promise<readonly number[]> {
      const path = stage.database(journalMode);
      await runAndKillAt(rotation(path), { step: 'pass begun', occurrence: number });
      return filesOf(path);
    }

    /** Between these sizes the files are when the first pass over all ten tables begins and ends. */
    let growth: readonly (readonly number[])[];

    beforeAll(async () => {
      growth = await Promise.all([filesAtPass(1), filesAtPass(11)]);
    });

    /** Room for about a quarter of the first pass. */
    function roomForAQuarter(measure: (sizes: readonly number[]) => number): number {
      const [beginning = 0, end = 0] = growth.map(measure);
      return Math.floor((3 * beginning + end) / 4);
    }

    it.concurrent('ends the run with exit 75, loses nothing, and lets it go on later', async () => {
      const path = stage.database(journalMode);
      const fileSizeLimit = roomForAQuarter((sizes) => Math.max(...sizes));
      const { code, stderr } = await runKeyturn(rotation(path), { fileSizeLimit });
      expect(code, stderr).toBe(75);
      expect(stderr).toContain('KT_DISK_ERROR');
      const { damages, underOld, underNew } = stage.check(path);
      expect(damages).toEqual([]);
      expect(underOld).toBeGreaterThan(0);
      expect(underNew).toBeGreaterThan(0);
      expectDone(await runKeyturn(rotation(path)));
      expectRotated(stage, path);
    });

    it.concurrent(
      'because it is full: says so, loses nothing, and lets the run go on once there is room',
      async ({ skip, onTestFinished }) => {
        const room = roomForAQuarter((sizes) => sizes.reduce((sum, size) => sum + size, 0));
        const disk = mountSmallDisk(Math.floor(room / 1024));
        if (!disk) return skip('this user may not mount a disk');
        onTestFinished(() => {
          disk.remove();
        });
        const path = join(disk.folder, 'fleet.db');
        copyFileSync(stage.database(journalMode), path);
        const { code, stderr } = await runKeyturn(rotation(path));
        expect(code, stderr).toBe(75);
        expect(stderr).toContain('KT_DISK_FULL');
        expect(stage.check(path).damages).toEqual([]);
        disk.enlarge();
        expectDone(await runKeyturn(rotation(path)));
        expectRotated(stage, path);
      },
    );
  },
);
