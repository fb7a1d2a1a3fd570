import { expect } from 'vitest';
import type { PlanResult } from '../../src/lib/cli/results/plan-result.ts';
import type { Scene } from './scene.ts';

/** What a plan says its run takes. */
interface Estimate {
  readonly growthBytes: number;
  readonly logBytes: number;
}

/** The same of an encryption; the words behind `--encrypt` follow. */
export function estimateOf(scene: Pick<Scene, 'run'>, column: readonly string[]): Promise<Estimate> {
  return planOf(scene, ['--encrypt', ...column]);
}

/** Makes a plan with these flags. */
export async function planOf(scene: Pick<Scene, 'run'>, flags: readonly string[]): Promise<Estimate> {
  const { code, stdout, stderr } = await scene.run('plan', '--json', ...flags);
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
