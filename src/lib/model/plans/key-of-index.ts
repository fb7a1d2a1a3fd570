import type { IndexRecord } from '../columns/blind-index.ts';
import type { PlannedKey } from './plan.ts';

/** The key of a blind index on record, as a plan names keys. */
export function keyOfIndex({ keyReference, keyId, keyCheckValue }: IndexRecord): PlannedKey {
  return { reference: keyReference, id: keyId, checkValue: keyCheckValue };
}
