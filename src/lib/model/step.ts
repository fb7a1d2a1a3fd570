import { channel } from 'node:diagnostics_channel';

const steps = channel('keyturn:step');

/** A point in a run between two instructions where a kill must do no harm. */
export type Step =
  | 'backup written'
  | 'run opened'
  | 'pass begun'
  | 'chunk read'
  | 'chunk transcoded'
  | 'transaction begun'
  | 'cells replaced'
  | 'chunk completed'
  | 'before commit'
  | 'after commit'
  | 'pass finished'
  | 'census finished'
  | 'migration succeeded';

/** Says on Node's diagnostics channel `keyturn:step` that a step was reached; the crash tests kill the process there. */
export function reached(step: Step): void {
  if (steps.hasSubscribers) steps.publish(step);
}
