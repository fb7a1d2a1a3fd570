import { errorCodeOf } from '../connection/errors.ts';

/** `insufficient_privilege` and `undefined_function`, which some services take away. */
const refusals: ReadonlySet<string | undefined> = new Set(['42501', '42883']);

/** The result of work that a user may lack the privilege for; undefined where he does. */
export async function unlessRefused<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (refusals.has(errorCodeOf(error))) return undefined;
    throw error;
  }
}
