import { setTimeout as sleep } from 'node:timers/promises';
import type { TableLock } from '../../../model/databases/table-lock.ts';

/** When it is looked for whom an attempt waits, in milliseconds: a transaction waits for half a second. */
const lookAfterMilliseconds = 250;

/** How long an answer may take: who is asked may have to wait for the same. */
const answerMilliseconds = 500;

/** Looks for whom an attempt waits, a moment after it has begun. Nobody, once it has ended, or where there is no answer. */
export async function lookAtWait(
  look: () => Promise<readonly TableLock[]>,
  attempt: AbortSignal,
): Promise<readonly TableLock[]> {
  try {
    await sleep(lookAfterMilliseconds, undefined, { signal: attempt });
    return await Promise.race([look(), sleep(answerMilliseconds, [], { ref: false })]);
  } catch {
    return [];
  }
}
