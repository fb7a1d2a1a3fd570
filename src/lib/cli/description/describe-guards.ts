import { renderColumnName } from '../../model/columns/column-name.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import type { GuardMode } from '../../model/schema/guard.ts';
import type { GuardStatus } from '../../session/inspection/read-guards.ts';
import type { Question } from '../consent/confirmation.ts';
import { databaseUrl } from '../location/database-location.ts';
import type { GuardedColumn, GuardResult } from '../results/guard-result.ts';
import { nextCommand } from './next-command.ts';

/** Guards as they are printed. */
export function describeGuards(guards: readonly GuardStatus[], location: DatabaseLocation): GuardResult {
  return {
    database: location.kind === 'sqlite' ? location.path : databaseUrl(location),
    guards: guards.map(describeGuard),
    next: nextSteps(guards).map((command) => nextCommand(command, location)),
  };
}

/** One guard as it is printed, here and in a status. */
export function describeGuard(guard: GuardStatus): GuardedColumn {
  const { table, column, mode, trace, writes, unfit, writers, lastWriteAt, installedAt } = guard;
  const calledNow = trace.kind === 'renamed' && trace.to !== null ? renderColumnName(trace.to) : null;
  const counted = { writes, unfit, writers, lastWriteAt, installedAt };
  return { table, column, mode, state: trace.kind, calledNow, ...counted };
}

function nextSteps(guards: readonly GuardStatus[]): readonly string[] {
  const [first] = guards;
  if (first === undefined) return ['guard observe'];
  if (guards.some(({ trace }) => trace.kind === 'missing')) return [`guard ${first.mode}`, 'guard off'];
  return first.mode === 'observe' ? ['guard', 'guard enforce', 'guard off'] : ['guard', 'guard off'];
}

/** What to ask before writes of others are refused: observed first, an application is not surprised. */
export function questionsBeforeGuard(
  wanted: GuardMode | 'off',
  guards: readonly GuardStatus[],
): readonly Question[] {
  if (wanted !== 'enforce') return [];
  const unfit = guards.reduce((sum, guard) => sum + guard.unfit, 0);
  if (guards.length === 0) {
    return [
      { message: 'nobody has observed yet what the application writes: refuse what is no cell at once?' },
    ];
  }
  return unfit === 0 ? [] : [{ message: `others have written ${unfitText(unfit)}: refuse the next ones?` }];
}

function unfitText(values: number): string {
  return values === 1 ? '1 value that is no cell' : `${values} values that are no cells`;
}
