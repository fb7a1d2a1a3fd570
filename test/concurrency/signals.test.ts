import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import type { StatusResult } from '../../src/lib/cli/results/status-result.ts';
import { createLiveFleet, type LiveFleet } from '../support/live-fleet.ts';
import { keyturnPath } from '../support/run-keyturn.ts';
import type { SignalAtStep } from '../support/start-keyturn.ts';

const small = { metrics: 150 };
const smallChunks = ['--batch-rows', '20'];

/** What every interruption must leave behind: nothing lost, a ledger that knows, and a way on. */
async function expectToGoOn(
  fleet: LiveFleet,
  states: readonly StatusResult['state'][] = ['interrupted'],
): Promise<void> {
  const { underOld, underNew, nullOrEmpty } = fleet.compare();
  expect(fleet.compare().wrong).toEqual([]);
  const status = (await fleet.run('status')).json as StatusResult;
  expect(states).toContain(status.state);
  const resumed = await fleet.run('execute', '--yes');
  expect(resumed).toMatchObject({ code: 0, json: { state: 'succeeded' } });
  expect(fleet.compare()).toEqual({ wrong: [], underOld: 0, underNew: underOld + underNew, nullOrEmpty });
}

function at(step: SignalAtStep['step'], occurrence: number, signal: NodeJS.Signals = 'SIGINT'): SignalAtStep {
  return { step, occurrence, signal };
}

describe('one signal', () => {
  test.each([
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
    { signal: 'SIGHUP', code: 143 },
  ] as const)('$signal: the chunk at hand is finished, and the message says how to go on', async (kind) => {
    const fleet = createLiveFleet(small);
    const signals = [at('transaction begun', 8, kind.signal)];
    const { code, json, stderr } = await fleet.startRotation({ args: smallChunks, signals }).ended;
    expect(code).toBe(kind.code);
    const { state, next, cells } = json as RunResult;
    expect(state).toBe('interrupted');
    expect(cells.rewritten).toBe(fleet.compare().underNew);
    expect(cells.rewritten).toBeGreaterThan(0);
    expect(next[0]).toBe('keyturn execute --database sqlite:fleet.db');
    expect(stderr).toContain('stopping after this chunk; press Ctrl-C again to stop at once');
    await expectToGoOn(fleet);
  });

  test.each([
    { when: 'during the backup', signals: [at('run opened', 1)], args: ['--backup', 'copy.db'] },
    { when: 'at the end of a pass', signals: [at('pass finished', 2)], args: [] },
    { when: 'during the sweep', signals: [at('pass begun', 13)], args: [] },
    { when: 'during the census', signals: [at('pass finished', 20)], args: [] },
  ])('$when', async ({ signals, args }) => {
    const fleet = createLiveFleet(small);
    const rotation = fleet.start('rotate', {
      signals,
      args: ['--old-key', 'file:old.key', '--new-key', 'file:new.key', '--yes', ...backupOr(args)],
    });
    expect(await rotation.ended).toMatchObject({ code: 130, json: { state: 'interrupted' } });
    // One that was stopped before its first pass has not begun.
    await expectToGoOn(fleet, ['interrupted', 'planned']);
  });

  test('while another run is waited for', async () => {
    const fleet = createLiveFleet(small);
    const first = fleet.startRotation({ signals: [at('chunk read', 1, 'SIGSTOP')] });
    await first.standsStill();
    const second = fleet.startRotation({ args: ['--wait', '5m'] });
    await second.heard(/waiting for process/u);
    second.signal('SIGINT');
    expect(await second.ended).toMatchObject({ code: 130, json: { error: { code: 'KT_INTERRUPTED' } } });
    first.signal('SIGCONT');
    expect((await first.ended).code).toBe(0);
  });

  test('while an application holds the lock', async () => {
    const fleet = createLiveFleet(small);
    const signals = [at('chunk read', 1, 'SIGSTOP'), at('turned away', 2, 'SIGSTOP')];
    const rotation = fleet.startRotation({ signals });
    await rotation.standsStill();
    const application = fleet.connect();
    application.exec('BEGIN IMMEDIATE');
    rotation.signal('SIGCONT');
    await rotation.standsStill();
    rotation.signal('SIGINT');
    rotation.signal('SIGCONT');
    await rotation.heard(/stopping after this chunk/u);
    application.exec('COMMIT');
    expect(await rotation.ended).toMatchObject({ code: 130, json: { state: 'interrupted' } });
    await expectToGoOn(fleet);
  });

  test('SIGUSR2 prints a line of status, and the run goes on', async () => {
    const fleet = createLiveFleet(small);
    const signals = [at('chunk completed', 3, 'SIGUSR2')];
    const { code, stderr } = await fleet.startRotation({ args: smallChunks, signals }).ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/"kind":"status"/u);
  });
});

function backupOr(args: readonly string[]): readonly string[] {
  return args.length === 0 ? ['--no-backup'] : args;
}

test.each(['chunk read', 'transaction begun', 'cells replaced', 'before commit', 'after commit'] as const)(
  'a second SIGINT, at "%s", stops at once and loses nothing',
  async (step) => {
    const fleet = createLiveFleet(small);
    const signals = [at(step, 4), at(step, 5)];
    const { code } = await fleet.startRotation({ args: smallChunks, signals: [...signals, at(step, 4)] })
      .ended;
    expect(code).toBe(130);
    await expectToGoOn(fleet);
  },
);

const hasScript = spawnSync('script', ['--version']).status === 0;

describe.runIf(hasScript)('at the prompt', () => {
  test.each([
    { how: 'Ctrl-C', act: '\x03' },
    { how: 'the end of the input', act: '\x04' },
  ])('$how ends with 130 and changes nothing', async ({ act }) => {
    const fleet = createLiveFleet(small);
    const terminal = openTerminal(fleet);
    await terminal.heard('rewrite about');
    terminal.write(act);
    expect(await terminal.ended).toBe(130);
    expectUntouched(fleet);
  });

  test('SIGINT from elsewhere ends it, and changes nothing', async () => {
    const fleet = createLiveFleet(small);
    const terminal = openTerminal(fleet);
    await terminal.heard('rewrite about');
    const children = `/proc/${terminal.processId}/task/${terminal.processId}/children`;
    process.kill(Number(readFileSync(children, 'utf8').trim()), 'SIGINT');
    expect(await terminal.ended).toBe(130);
    expectUntouched(fleet);
  });
});

function expectUntouched(fleet: LiveFleet): void {
  expect(fleet.compare()).toMatchObject({ wrong: [], underNew: 0 });
  const tables = fleet.use((database) =>
    database.prepare("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'keyturn%'").pluck().get(),
  );
  expect(tables).toBe(0);
}

interface Terminal {
  readonly processId: number;
  heard(text: string): Promise<void>;
  write(text: string): void;
  readonly ended: Promise<number | null>;
}

/** A rotation in a terminal of its own, made by `script`. */
function openTerminal({ folder }: LiveFleet): Terminal {
  const rotation =
    `exec ${process.execPath} ${keyturnPath} rotate --database fleet.db --no-backup ` +
    '--old-key file:old.key --new-key file:new.key';
  const child = spawn('script', ['--quiet', '--return', '--command', rotation, '/dev/null'], { cwd: folder });
  let text = '';
  child.stdout.on('data', (piece: Buffer) => {
    text += piece.toString();
  });
  return {
    processId: child.pid ?? 0,
    ended: once(child, 'exit').then(([code]) => code as number | null),
    async heard(expected) {
      await expect.poll(() => text, { timeout: 60_000 }).toContain(expected);
    },
    write(keys) {
      child.stdin.write(keys);
    },
  };
}
