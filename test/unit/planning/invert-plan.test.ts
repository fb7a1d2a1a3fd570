import { expect, test } from 'vitest';
import { hashPlan } from '../../../src/lib/model/plans/plan-hash.ts';
import { columnsKeepingTheOldKey } from '../../../src/lib/planning/columns-keeping-the-old-key.ts';
import { invertPlan } from '../../../src/lib/planning/invert-plan.ts';
import { keys } from './keys.ts';
import { madeEncryption, madePlan } from './made-plan.ts';

test('an inverted plan takes every column back from the new key to the old one', () => {
  const inverted = invertPlan(madePlan);
  expect(inverted.oldKey).toEqual(madePlan.newKey);
  expect(inverted.newKey).toEqual(madePlan.oldKey);
  expect(inverted.targets[0]?.columns).toMatchObject([
    { name: 'info', from: { keyId: keys.new.id }, to: { keyId: keys.old.id }, unrecognised: 'quarantine' },
    { name: 'notes', from: { keyId: keys.new.id }, to: { keyId: keys.old.id }, unrecognised: 'leave' },
  ]);
});

test('an inverted encryption decrypts', () => {
  const inverted = invertPlan(madeEncryption);
  expect(inverted).toMatchObject({ kind: 'decrypt', oldKey: madePlan.newKey, newKey: null });
  expect(inverted.targets[0]?.columns[0]).toMatchObject({
    from: { keyId: keys.new.id },
    to: { kind: 'plaintext', type: 'text', empty: 'keep' },
  });
});

test('columns that keep the old key are seen from the other side', () => {
  const names = (plan: typeof madePlan): readonly string[] =>
    columnsKeepingTheOldKey(plan).map(({ column }) => column);
  expect(names(madePlan)).toEqual(['token_old', 'token_both']);
  expect(names(invertPlan(madePlan))).toEqual(['token_new', 'token_both']);
});

test('inverting twice gives the same plan', () => {
  expect(invertPlan(invertPlan(madePlan))).toEqual(madePlan);
  expect(hashPlan(invertPlan(invertPlan(madePlan)))).toBe(hashPlan(madePlan));
  expect(hashPlan(invertPlan(madePlan))).not.toBe(hashPlan(madePlan));
});
