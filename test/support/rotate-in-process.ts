import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Step } from '../../src/lib/model/runs/step.ts';
import { loadRotationKeys } from '../../src/lib/session/preparation/plan-rotation.ts';
import { prepareRotation } from '../../src/lib/session/preparation/prepare-rotation.ts';
import type { MigrationReport } from '../../src/lib/session/run/migration-report.ts';
import { runMigration } from '../../src/lib/session/run/run-migration.ts';
import type { Scene } from './scene.ts';

/** How a rotation in this process differs from the usual one. */
export interface InProcessOptions {
  readonly batchRows: number;
  readonly maximumQuarantine?: number;
  /** Called at every step, between two instructions of the engine. */
  readonly onStep: (step: Step) => void;
}

/** Rotates a scene's database from the old to the new key in this process, so that a test can act at each step. */
export async function rotateInProcess(
  { path, folder }: Scene,
  { batchRows, maximumQuarantine = 0, onStep }: InProcessOptions,
): Promise<MigrationReport> {
  const location = { kind: 'sqlite', path } as const;
  const references = { oldKey: `file:${folder}/old.key`, newKey: `file:${folder}/new.key` };
  const formats = { from: 'fernet', to: 'fernet' };
  const keys = await loadRotationKeys({ ...references, formats });
  const prepared = await prepareRotation(location, keys, {
    madeBy: 'a test',
    formats,
    filter: { tables: [], columns: [], exclude: [] },
    unrecognised: 'quarantine',
    timestamps: 'keep',
  });
  if (prepared.kind === 'already') throw new Error('there is nothing to rotate');
  const listener = (step: unknown): void => {
    onStep(step as Step);
  };
  subscribe('keyturn:step', listener);
  try {
    return await runMigration({
      location,
      use: 'shared',
      intent: prepared.intent,
      keys: { old: keys.old.key, new: keys.new.key },
      knobs: { courtesy: 'hurry', maximumQuarantine, contract: 'later' },
      limits: { batchRows },
      throttles: {},
      backup: { kind: 'none' },
      reporter: { report: () => undefined, close: () => undefined },
      stop: new AbortController().signal,
    });
  } finally {
    unsubscribe('keyturn:step', listener);
  }
}
