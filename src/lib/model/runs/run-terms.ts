import type { Conclusion } from './conclusion.ts';
import type { TriggerChoice } from './trigger-choice.ts';

/** What a run was told that concerns others on the same migration. */
export interface RunTerms {
  /** What it is to do in the end. */
  readonly conclusion: Conclusion;
  /** What it lets triggers do. */
  readonly triggers: TriggerChoice;
}
