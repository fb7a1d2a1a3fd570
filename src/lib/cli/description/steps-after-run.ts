import type { RunEnd } from '../../engine/run-end.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { shellWord } from '../../model/texts/shell-word.ts';
import type { MigrationReport } from '../../session/run/migration-report.ts';
import type { ScrubResult } from '../results/scrub-result.ts';
import type { FinishedRun } from './finished-run.ts';
import { keyFlagsOf, nextCommand } from './next-command.ts';

/** What to type after a run, most useful first, by how it has ended; `scrub`: the one that followed it. */
export function stepsAfterRun(
  { report, mode, location, afterRehearsal }: FinishedRun,
  scrub: ScrubResult | null,
): readonly string[] {
  const { plan, id } = report.migration;
  const here = (command: string): string => nextCommand(command, location);
  if (mode === 'rehearsed') return stepsAfterRehearsal(report.end, afterRehearsal);
  switch (report.end.kind) {
    case 'ready':
      return [
        here('finalize'),
        `${here('execute')}   # takes over what was written since`,
        here(`rollback ${id}`),
      ];
    case 'succeeded':
      return [
        `${here('verify')} ${keyFlagsOf({ ...plan, oldKey: null })}`.trimEnd(),
        ...(scrub?.next.slice(0, 1) ?? [here('scrub')]).filter((step) => step !== here('verify')),
        here(`rollback ${id}`),
      ];
    case 'stopped':
      return stepsAfterStop(report).map(here);
    case 'handed over':
      return [here('status --watch')];
    case 'outpaced':
      return [here('execute'), here('status'), here('rollback')];
    case 'quarantined':
      return [
        here(`issues list ${id}`),
        `${here('execute')}   # once the cells are repaired`,
        ...(isExcusable(report.end, plan) ? [acceptance(report.end.cells, location)] : []),
        here('rollback'),
      ];
    case 'left behind':
      return [...extendedRotation(report.end, plan, location), here('rollback'), giveUp(location)];
  }
}

/** One that was stopped has not shown yet that the real run would work. */
function stepsAfterRehearsal({ kind }: RunEnd, next: string | undefined): readonly string[] {
  if (kind === 'stopped') return ['run the same command again'];
  return [next ?? 'run the same command again without --dry-run'];
}

/** No limit excuses a cell that the schema refuses, nor one that has no counterpart in a column that is to go. */
function isExcusable({ refused }: { readonly refused: number }, { newKey, targets }: Plan): boolean {
  const isTakenBack =
    newKey === null && targets.some(({ columns }) => columns.some(({ into }) => into !== undefined));
  return refused === 0 && !isTakenBack;
}

function acceptance(cells: number, location: DatabaseLocation): string {
  return `${nextCommand(`execute --max-quarantine ${cells}`, location)}   # leaves them as they are`;
}

/** A migration that was paused waits for `resume`, also when it is taken up again. */
function stepsAfterStop({ migration }: MigrationReport): readonly string[] {
  switch (migration.orders.desired) {
    case 'running':
      return ['execute', 'status', 'rollback'];
    case 'paused':
      return ['resume', 'execute', 'rollback'];
    case 'cancelled':
      return ['rollback', 'status'];
  }
}

function giveUp(location: DatabaseLocation): string {
  return `${nextCommand('cancel', location)}   # leaves the old key needed, and makes room for other migrations`;
}

/** The rotation that takes in the columns that were left behind; none where they cannot be written. */
function extendedRotation(
  end: RunEnd & { readonly kind: 'left behind' },
  plan: Plan,
  location: DatabaseLocation,
): readonly string[] {
  const columns = end.leftovers
    .filter(({ kind }) => kind === 'ordinary')
    .map((leftover) => `--column ${shellWord(renderColumnName(leftover))}`);
  const rotate = `${nextCommand('rotate', location)} ${keyFlagsOf(plan)} ${columns.join(' ')} --unrecognised leave`;
  return columns.length === 0 ? [] : [rotate];
}
