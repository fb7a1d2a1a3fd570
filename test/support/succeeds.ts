import { expect } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import type { KeyturnResult } from './run-keyturn.ts';

/** Runs a command that changes cells, with `--json`; it must end with exit 0. */
export async function succeeds(
  scene: { run(command: string, ...args: readonly string[]): Promise<KeyturnResult> },
  command: string,
  ...args: readonly string[]
): Promise<RunResult> {
  const { code, stdout, stderr } = await scene.run(command, ...args);
  expect(code, stdout + stderr).toBe(0);
  return JSON.parse(stdout) as RunResult;
}
