import { expect } from 'vitest';
import type { PlanResult } from '../../src/lib/cli/results/plan-result.ts';
import type { Scene } from './scene.ts';

/** What the plan of an encryption says it takes; the words behind `--encrypt` follow. */
export async function estimateOf(
  scene: Pick<Scene, 'run'>,
  column: readonly string[],
): Promise<{ readonly growthBytes: number; readonly logBytes: number }> {
  const { code, stdout, stderr } = await scene.run('plan', '--json', '--encrypt', ...column);
  expect(code, stdout + stderr).toBe(0);
  const { growthBytes = 0, logBytes } = (JSON.parse(stdout) as PlanResult).estimate;
  return { growthBytes, logBytes };
}

/** Neither more than 1.3 times what was measured, nor less by that. */
export function expectWithinAThird(estimated: number, measured: number): void {
  const ratio = `${String(estimated)} estimated, ${String(measured)} measured`;
  expect(estimated / measured, ratio).toBeGreaterThan(1 / 1.3);
  expect(estimated / measured, ratio).toBeLessThan(1.3);
}
