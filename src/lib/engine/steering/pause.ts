import type { StateKeeper } from './state-keeper.ts';
import type { SteeredRun } from './steered-run.ts';

/** A pause that operators order and lift. */
export interface Pause {
  begin(by: string | null): Promise<void>;
  /** Does nothing where there is none. */
  end(by: string | null): Promise<void>;
}

/** Moves the migration to `paused`, and back to where it was. */
export function createPause({ reporter }: SteeredRun, state: StateKeeper): Pause {
  let after: 'running' | 'verifying' | 'finalizing' | undefined;
  return {
    async begin(by) {
      if (after !== undefined) return;
      const current = state.current();
      after = current === 'verifying' || current === 'finalizing' ? current : 'running';
      await state.moveTo('paused');
      reporter.report({ kind: 'paused', by: by ?? 'somebody' });
    },
    async end(by) {
      if (after === undefined) return;
      await state.moveTo(after);
      after = undefined;
      reporter.report({ kind: 'resumed', by: by ?? 'somebody' });
    },
  };
}
