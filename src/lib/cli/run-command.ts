import type { Interfaces } from '@oclif/core';
import type { RunIntent } from '../engine/open-run.ts';
import type { LoadedKeyPair } from '../keys/load-key-pair.ts';
import { KeyturnError } from '../model/keyturn-error.ts';
import type { Plan } from '../model/plan.ts';
import { KeyturnCommand } from './base-command.ts';
import type { Question } from './confirmation.ts';
import type { DatabaseLocation } from './database-location.ts';
import { describeRun, exitReasonOf } from './describe-run.ts';
import { refuseTriggers, questionsBefore } from './before-a-run.ts';
import { renderRun } from './rendering/render-run.ts';
import type { RunResult } from './results.ts';
import type { runFlags } from './shared-flags.ts';

/** The flags every command that changes cells has. */
export type RunFlags = Interfaces.InferredFlags<typeof runFlags>;

/** A run that is ready to start, but for the operator's consent. */
export interface RunJob {
  readonly location: DatabaseLocation;
  readonly flags: RunFlags;
  readonly plan: Plan;
  readonly intent: RunIntent;
  readonly keys: LoadedKeyPair;
  /** What it is, in words that complete "shall keyturn ...". */
  readonly question: string;
  /** How long planning took, in milliseconds. */
  readonly planMilliseconds: number;
  readonly warnings: readonly string[];
}
