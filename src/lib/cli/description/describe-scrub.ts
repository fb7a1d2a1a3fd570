import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { listProcesses } from '../../model/databases/other-process.ts';
import { exitCodes, type ExitReason } from '../../model/exit-codes.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { byteText } from '../../model/texts/byte-text.ts';
import type { ScrubExamination, ScrubReport } from '../../session/scrub/scrub-database.ts';
import type { Question } from '../consent/confirmation.ts';
import type { ScrubResult } from '../results/scrub-result.ts';
import { nextCommand } from './next-command.ts';

/** What is about to happen, now or once a migration has succeeded, and what it means for others. */
export function questionBeforeScrub(
  { database, neededBytes, consequences, backups }: ScrubExamination,
  becomes: 'kept' | 'deleted',
  when: 'now' | 'afterwards' = 'now',
): Question {
  const deleted =
    becomes === 'deleted' && backups.length > 0
      ? `, and delete ${backups.length === 1 ? 'the backup' : `${backups.length} backups,`} ${backups.map(({ path }) => `"${path}"`).join(', ')}`
      : '';
  return {
    message: `${when === 'now' ? '' : 'scrub afterwards: '}rewrite "${database}" (needs ${byteText(neededBytes)} for a while; ${consequences.join('; ')})${deleted}?`,
  };
}

/** A scrub as it is printed. */
export function describeScrub(
  report: ScrubReport,
  { location, mode }: { readonly location: DatabaseLocation; readonly mode: ScrubResult['mode'] },
): ScrubResult {
  const { files, milliseconds, means, unread: unsearched } = report;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const columns = report.columns.map(({ passedOver, ...column }) => ({ ...column, ...passedOver }));
  const samples = columns.reduce((sum, column) => sum + column.samples, 0);
  const found = columns.reduce((sum, column) => sum + column.found, 0);
  const logHeldBy =
    report.log?.kind === 'held' ? report.log.by.map((process) => listProcesses([process])) : [];
  const state = stateOf({ samples, found, files: files.length, unsearched, log: report.log });
  return {
    migration: report.migration.id,
    database: report.database,
    mode,
    state,
    samples,
    found,
    columns,
    files: files.length,
    bytes,
    bytesPerSecond: milliseconds === 0 ? 0 : Math.round((bytes * 1000) / milliseconds),
    means,
    unsearched,
    remains: files.flatMap(({ path, kind, places }) =>
      places.map((place) => ({ file: path, kind, ...place })),
    ),
    logHeldBy,
    backups: report.backups,
    beyondReach: report.beyondReach,
    next: nextSteps(state, mode, report).map((command) => nextCommand(command, location)),
  };
}

/** The exit code of a scrub. */
export function exitReasonOfScrub({ state }: ScrubResult): ExitReason {
  const reasons: Readonly<Record<ScrubResult['state'], ExitReason>> = {
    clean: 'done',
    remains: 'verificationFailed',
    unproven: 'nothingFound',
    'log held': 'temporaryFailure',
  };
  return reasons[state];
}

function stateOf({
  samples,
  found,
  files,
  unsearched,
  log,
}: Pick<ScrubResult, 'samples' | 'found' | 'files' | 'unsearched'> &
  Pick<ScrubReport, 'log'>): ScrubResult['state'] {
  if (log?.kind === 'held') return 'log held';
  if (found > 0) return 'remains';
  return samples === 0 || files === 0 || unsearched.length > 0 ? 'unproven' : 'clean';
}

function nextSteps(
  state: ScrubResult['state'],
  mode: ScrubResult['mode'],
  { backups }: ScrubReport,
): readonly string[] {
  if (mode === 'checked') return state === 'clean' ? ['verify'] : ['scrub'];
  if (state === 'log held') return ['scrub'];
  if (backups.length > 0) return ['scrub --delete-backups'];
  return state === 'remains' ? ['scan', 'verify'] : ['verify'];
}

/** The error of a scrub that a signal has stopped: what it has rewritten stays, and nothing is proven. */
export function scrubStopped(exitCode: number): KeyturnError {
  return new KeyturnError({
    code: 'KT_INTERRUPTED',
    reason: exitCode === exitCodes.terminated ? 'terminated' : 'interrupted',
    message: 'stopped before the search was complete; nothing is lost, and nothing is proven yet',
    hints: ['keyturn scrub'],
  });
}
