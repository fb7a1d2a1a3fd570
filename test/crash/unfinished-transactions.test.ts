import { copyFileSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { fleetSizes } from '../support/fleet-database.ts';
import { runKeyturn } from '../support/run-keyturn.ts';
import { createStage } from './stage.ts';
import { expectDone, expectRolledBack, expectRotated, rollback, rotation } from './step-kills.ts';

/**
 * The files of a process that was killed while it wrote pages of a transaction: the database is half changed, and
 * its journal knows how it was. A kill within a commit leaves the same, but no step is announced there.
 */
function leaveHotJournal(path: string): string {
  const before = readFileSync(path);
  const killed = `${path}.killed`;
  const database = new DatabaseSync(path);
  // A cache of two pages: the others are written at once, after the journal.
  database.exec(`PRAGMA cache_size = 2; BEGIN; UPDATE metrics_history SET metrics_json_encrypted = 'half'`);
  copyFileSync(path, killed);
  copyFileSync(`${path}-journal`, `${killed}-journal`);
  database.exec('ROLLBACK');
  database.close();
  expect(readFileSync(killed).equals(before)).toBe(false);
  return killed;
}

/** Commands that change nothing, with their exit codes; verifying tells that cells are under the old key. */
const readingCommands = [
  [['plan'], 0],
  [['verify'], 14],
  [['rotate', '--dry-run'], 0],
] as const;

describe('a database with a transaction that a killed process left half written', () => {
  const stage = createStage(fleetSizes(60));

  it('is rotated', async () => {
    const path = leaveHotJournal(stage.database('delete'));
    expectDone(await runKeyturn(rotation(stage, path)));
    expectRotated(stage, path);
  });

  it('is rolled back to the old key', async () => {
    const path = leaveHotJournal(await stage.rotatedDatabase('delete'));
    expectDone(await runKeyturn(rollback(path)));
    expectRolledBack(stage, path);
  });

  it('is read with --recover as it was after the last commit, and nothing else is changed', async () => {
    const original = stage.database('delete');
    const before = readFileSync(original);
    for (const [name, exitCode] of readingCommands) {
      const path = leaveHotJournal(original);
      const { code, stderr } = await runKeyturn([
        ...name,
        '--recover',
        '--database',
        path,
        ...stage.keyFlags,
      ]);
      expect(code, stderr).toBe(exitCode);
      expect(readFileSync(path).equals(before)).toBe(true);
    }
  });
});
