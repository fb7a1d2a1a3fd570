/** Where a migration stands; "interrupted" and "throttled" are derived from leases and signals, never stored. */
export type MigrationState =
  | 'planned'
  | 'running'
  | 'paused'
  | 'verifying'
  | 'ready'
  | 'finalizing'
  | 'succeeded'
  | 'failed'
  | 'cancelled';

/** One allowed change of state. */
interface StateTransition {
  readonly from: MigrationState;
  readonly to: MigrationState;
  readonly when: string;
}

/** Every allowed transition; the ledger refuses any other. */
export const stateTransitions: readonly StateTransition[] = [
  { from: 'planned', to: 'running', when: 'a run takes the migration up for the first time' },
  { from: 'planned', to: 'paused', when: 'a run takes it up although an operator has paused it' },
  { from: 'planned', to: 'cancelled', when: 'it is given up before its first chunk' },
  { from: 'running', to: 'verifying', when: 'the first pass has reached the end of every target' },
  { from: 'running', to: 'paused', when: 'the run has met an order to pause between two chunks' },
  { from: 'running', to: 'failed', when: 'a run ends with an error; a later run resumes it' },
  { from: 'running', to: 'cancelled', when: 'it is given up, or a rollback takes its place' },
  {
    from: 'paused',
    to: 'running',
    when: 'the order to pause is lifted, or a later run takes the migration up',
  },
  { from: 'paused', to: 'verifying', when: 'the order to pause is lifted while it was verifying' },
  { from: 'paused', to: 'failed', when: 'its run ends with an error while it waits' },
  { from: 'paused', to: 'cancelled', when: 'it is given up, or a rollback takes its place' },
  {
    from: 'verifying',
    to: 'running',
    when: 'a resumed run walks the targets again from where the pass stopped',
  },
  {
    from: 'verifying',
    to: 'succeeded',
    when: 'a sweep found nothing to do and the census found no cell under the old key',
  },
  {
    from: 'verifying',
    to: 'failed',
    when: 'cells are quarantined beyond the limit, or the census found the old key elsewhere',
  },
  { from: 'verifying', to: 'paused', when: 'the run has met an order to pause between two chunks' },
  { from: 'verifying', to: 'cancelled', when: 'it is given up, or a rollback takes its place' },
  {
    from: 'verifying',
    to: 'ready',
    when: 'another column has all cells, or all new blind indexes; what it is made from or replaces stays until it is finalized',
  },
  {
    from: 'verifying',
    to: 'finalizing',
    when: 'another column has all values; the one they came from takes no more and is to go',
  },
  { from: 'ready', to: 'running', when: 'a later run takes over what was written since, or finalizes' },
  { from: 'ready', to: 'paused', when: 'a run takes it up although an operator has paused it' },
  { from: 'ready', to: 'cancelled', when: 'a rollback takes its place' },
  {
    from: 'finalizing',
    to: 'succeeded',
    when: 'the column that the values came from is emptied or gone, or new blind indexes have the columns of the old ones',
  },
  { from: 'finalizing', to: 'failed', when: 'a run ends with an error; a later run resumes it' },
  {
    from: 'finalizing',
    to: 'running',
    when: 'a resumed run proves anew that the other column has all values',
  },
  { from: 'finalizing', to: 'paused', when: 'the run has met an order to pause between two chunks' },
  { from: 'finalizing', to: 'cancelled', when: 'a rollback takes its place' },
  { from: 'paused', to: 'finalizing', when: 'the order to pause is lifted while it was finalizing' },
  { from: 'failed', to: 'running', when: 'a later run resumes it' },
  { from: 'failed', to: 'paused', when: 'a run takes it up although an operator has paused it' },
  { from: 'failed', to: 'cancelled', when: 'it is given up, or a rollback takes its place' },
];

/** Tells whether a migration in this state can be resumed. */
export function isUnfinished(state: MigrationState): boolean {
  return state !== 'succeeded' && state !== 'cancelled';
}

/** Tells whether the transition is in the table. */
export function isAllowed(from: MigrationState, to: MigrationState): boolean {
  return stateTransitions.some((transition) => transition.from === from && transition.to === to);
}
