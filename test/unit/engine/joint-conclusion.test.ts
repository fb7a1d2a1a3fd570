import { expect, test } from 'vitest';
import {
  chooseConcluding,
  joinConclusion,
  type ConcludingRun,
} from '../../../src/lib/engine/runs/joint-conclusion.ts';
import { plainConclusion, type Conclusion } from '../../../src/lib/model/runs/conclusion.ts';

const here = { host: 'here', bootId: '', processId: 1, processStart: '' };
const key = 'file:/etc/app.yaml#key';

function told(wishes: Partial<Conclusion>): Conclusion {
  return { ...plainConclusion, ...wishes };
}

function running(workerId: number, wishes: Partial<Conclusion>, host = 'here'): ConcludingRun {
  const owner = { ...here, host, processId: workerId };
  const lease = { workerId, migrationId: 'm', owner, leaseUntil: 1, now: 0, throttle: null };
  return { ...lease, conclusion: told(wishes) };
}

test.each<[string, Partial<Conclusion>, Partial<Conclusion>]>([
  ['nothing, beside one that is to finalize', {}, { contract: 'drop' }],
  ['to finalize, beside one that was told nothing', { contract: 'drop' }, {}],
  ['the same', { contract: 'empty' }, { contract: 'empty' }],
  ['more', { contract: 'empty', maximumQuarantine: 3 }, { contract: 'empty' }],
  ['less', { publication: key }, { publication: key, maximumQuarantine: 3 }],
])('a run may join that was told %s', (_, wanted, other) => {
  expect(joinConclusion(told(wanted), here, [running(2, other)])).toEqual(told(wanted));
});

test.each<[string, Partial<Conclusion>, Partial<Conclusion>]>([
  ['to finalize in another way', { contract: 'drop' }, { contract: 'empty' }],
  ['something that the other one was not', { contract: 'drop' }, { maximumQuarantine: 3 }],
  ['another limit', { maximumQuarantine: 5 }, { maximumQuarantine: 3 }],
  ['another place for the key', { publication: key }, { publication: 'file:other.yaml#key' }],
])('a run may not join that was told %s', (_, wanted, other) => {
  const join = (): unknown => joinConclusion(told(wanted), here, [running(3, {}), running(2, other)]);
  expect(join).toThrow(/^one run concludes the migration: process 2 on here/u);
});

test('the file of another machine is left to the run that writes to it there', () => {
  const others = [running(2, { publication: key, maximumQuarantine: 3 }, 'elsewhere')];
  expect(joinConclusion(told({ publication: key }), here, others)).toEqual(plainConclusion);
});

test('of runs that wait for each other the one that was told most concludes, and of several the first', () => {
  const runs = [running(4, { contract: 'empty' }), running(2, {}), running(3, { contract: 'empty' })];
  expect(chooseConcluding(runs)?.workerId).toBe(3);
  expect(chooseConcluding([...runs, running(5, { contract: 'empty', maximumQuarantine: 1 })])?.workerId).toBe(
    5,
  );
});
