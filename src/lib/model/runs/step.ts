import { channel } from 'node:diagnostics_channel';

const announcements = channel('keyturn:step');

/** The points in a run between two instructions where a kill must do no harm; the crash tests visit them all. */
export const steps = [
  'run opened',
  'backup copied',
  'backup named',
  'backup written',
  'pass begun',
  'chunk read',
  'chunk transcoded',
  'transaction begun',
  'cells replaced',
  'chunk completed',
  'before commit',
  'after commit',
  'pass finished',
  'census finished',
  'migration succeeded',
] as const;

/** One of these points. */
export type Step = (typeof steps)[number];

/** The points at which a run with `--update-config` touches the configuration of the application. */
export type PublicationStep = 'configuration written' | 'next key published' | 'key promoted';

/** The points of a scrub, as they follow each other in SQLite; the crash tests visit them, too. */
export const scrubSteps = [
  'scrub begun',
  'rowids kept',
  'statistics renewed',
  'database rewritten',
  'log emptied',
  'files searched',
  'scrub finished',
] as const;

/** One of these points. */
export type ScrubStep = (typeof scrubSteps)[number];

/** The points at which a run alters tables: for columns that values go into, and for those that they came from. */
export type AlterationStep = 'columns expanded' | 'sources frozen' | 'indexes swapped';

/** Where a database turns a run away for what others do with it; the run waits, and tries again. */
export type WaitStep = 'turned away';

/** Says on Node's diagnostics channel `keyturn:step` that a step was reached; the crash tests kill the process there. */
export function reached(step: Step | PublicationStep | ScrubStep | AlterationStep | WaitStep): void {
  if (announcements.hasSubscribers) announcements.publish(step);
}
