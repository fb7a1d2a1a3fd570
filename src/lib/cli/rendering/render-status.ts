import { keyIdChange } from '../../model/plans/key-change.ts';
import { listWriters } from '../../model/runs/plaintext-writer.ts';
import { countText } from '../../model/texts/count-text.ts';
import { countedText } from '../../model/texts/counted-text.ts';
import { timeText } from '../../model/texts/time-text.ts';
import { cellCountsText } from '../../reporters/cell-counts-text.ts';
import { durationText } from '../../reporters/duration-text.ts';
import { printable } from '../../reporters/printable.ts';
import type { StatusResult } from '../results/status-result.ts';
import { alignedFields, type Field } from './aligned-fields.ts';
import { columnText } from './column-text.ts';
import { limitsText } from './limits-text.ts';
import type { Painter } from './painter.ts';
import { renderIssues } from './render-issues.ts';
import { composeText } from './sections.ts';

/** Where a migration stands, in words. */
export function renderStatus(status: StatusResult, painter: Painter): string {
  return composeText(
    [alignedFields(fieldsOf(status, painter)), renderIssues(status.issues, painter)],
    status.next,
  );
}

function fieldsOf(status: StatusResult, painter: Painter): readonly Field[] {
  const fields: readonly (readonly [string, string | null])[] = [
    ['migration', `${status.migration} (${status.kind})`],
    ['state', stateText(status, painter)],
    ['database', printable(status.database)],
    ['keys', keyIdChange(status.oldKeyId, status.newKeyId)],
    ['process', status.heldBy === null || status.runs.length > 1 ? null : printable(status.heldBy)],
    ['runs', runsText(status.runs)],
    ['progress', progressText(status)],
    ['cells', cellCountsText(status.cells)],
    ['holding', fieldsText(status.fields)],
    ['indexes', indexesText(status.indexes)],
    ['throttled', status.throttle === null ? null : printable(status.throttle)],
    ['limits', limitsText(status.limits)],
    ['kept', keptText(status.keptCells)],
    ['copies', copiesText(status.copies)],
    ['scrub', scrubText(status)],
    ['guarded', guardText(status.guards)],
    ['plaintext', writersText(status.plaintextWriters)],
    ['started', timeText(status.startedAt)],
    ['finished', timeText(status.finishedAt)],
    ['running time', durationText(status.runningMilliseconds)],
    [
      'failure',
      status.failure === null ? null : printable(`${status.failure.message} (${status.failure.code})`),
    ],
  ];
  return fields.flatMap(([name, text]) => (text === null ? [] : [[name, text] as const]));
}

/** What is done about copies of old values that no run reaches. */
function copiesText(copies: StatusResult['copies']): string | null {
  const statements = copies.map((name) => `REFRESH MATERIALIZED VIEW ${name};`);
  return statements.length === 0 ? null : printable(`unless refreshed since: ${statements.join(' ')}`);
}

function stateText(status: StatusResult, painter: Painter): string {
  const order = pendingOrder(status);
  return order === undefined
    ? textOfState(status, painter)
    : `${textOfState(status, painter)}; ${painter.warning(order)}`;
}

/** The order of an operator that no run has followed yet. */
function pendingOrder({ state, desired, desiredBy, heldBy }: StatusResult): string | undefined {
  const by = printable(desiredBy ?? 'somebody');
  if (state === 'succeeded' || state === 'cancelled') return undefined;
  if (desired === 'cancelled') return `given up by ${by}: no run has followed yet`;
  if (desired === 'running' || state === 'paused') return undefined;
  const follower = heldBy === null ? 'the next run will wait' : 'the run follows after its chunk';
  return `paused by ${by}: ${follower}`;
}

const plaintextReady = 'ready: every value has its cell, and the plaintext stays until "keyturn finalize"';
const plaintextFinalizing = 'finalizing: the columns that the values came from are being emptied or dropped';
const indexesReady =
  'ready: every value has both blind indexes, and the old one stays until "keyturn finalize"';
const indexesFinalizing = 'finalizing: the new blind indexes take the places of the old ones';

function textOfState(status: StatusResult, painter: Painter): string {
  const { state, desiredBy, heldBy, kind } = status;
  const paused = `paused by ${printable(desiredBy ?? 'somebody')}`;
  const texts: Readonly<Record<StatusResult['state'], string>> = {
    planned: plannedText(status),
    running: 'running',
    paused: painter.warning(heldBy === null ? `${paused}, and its process is gone: nothing is lost` : paused),
    verifying: 'verifying: looking for what is left to do',
    ready: painter.good(kind === 'rotate' ? indexesReady : plaintextReady),
    finalizing: kind === 'rotate' ? indexesFinalizing : plaintextFinalizing,
    interrupted: painter.warning('interrupted: its process is gone, nothing is lost, and it can go on'),
    succeeded: painter.good(`succeeded: ${whatIsProved(status)}`),
    failed: painter.bad('failed: it can go on once the cause is removed'),
    cancelled: 'cancelled: given up, it will not go on',
  };
  return texts[state];
}

/** A run may have it in hand before its first chunk: it waits for something, or makes a backup. */
function plannedText({ heldBy, throttle }: StatusResult): string {
  if (heldBy === null) return 'planned: not started yet';
  return throttle === null ? 'planned: its run is about to start' : 'planned: its run waits to start';
}

/** What the proofs of a migration that has succeeded have shown. */
function whatIsProved({ oldKeyId, newKeyId }: StatusResult): string {
  if (oldKeyId === null) return 'no value is left in plaintext';
  if (oldKeyId === newKeyId) return 'no cell is left in the old format';
  return newKeyId === null ? 'no cell is left encrypted' : 'no cell is left under the old key';
}

/** `null` before the start, when no rows are counted yet. */
function progressText({ rows, rowsPerSecond, secondsLeft }: StatusResult): string | null {
  if (rows.estimated === 0 && rows.done === 0) return null;
  const estimated = Math.max(rows.estimated, rows.done);
  const percent = Math.floor((rows.done / estimated) * 100);
  const parts = [
    `${countText(rows.done)} of about ${countedText(estimated, 'row')} (${percent}%)`,
    ...(rowsPerSecond === null ? [] : [`${countText(Math.round(rowsPerSecond))} rows/s`]),
    // Of a proof that follows, or of rows that came meanwhile, nobody knows.
    ...(secondsLeft === null || secondsLeft === 0
      ? []
      : [`${durationText(Math.ceil(secondsLeft) * 1_000)} left`]),
  ];
  return parts.join(', ');
}

/** Only where there are several: each with its share. */
function runsText(runs: StatusResult['runs']): string | null {
  if (runs.length < 2) return null;
  const shares = runs.map(({ process, rows }) => `${printable(process)} (${countedText(rows, 'row')})`);
  return `${countText(runs.length)}: ${shares.join(', ')}`;
}

function keptText(cells: number): string | null {
  return cells === 0 ? null : `${countedText(cells, 'old cell')} for a rollback, until "keyturn undo drop"`;
}

/** Nothing is due while old values are still in use. */
function scrubText({ state, scrub, scrubbedAt, heldBy }: StatusResult): string | null {
  if (state === 'succeeded' && heldBy !== null)
    return 'under way: what is left of old values is being removed';
  if (scrubbedAt !== null) return `old values proved gone on ${timeText(scrubbedAt) ?? ''}`;
  if (state === 'cancelled') return null;
  if (scrub === 'asked') {
    return state === 'succeeded' ? 'still to come: "keyturn execute" goes on with it' : 'follows afterwards';
  }
  return state === 'succeeded' ? 'due: free pages, logs and statistics may hold old values' : null;
}

function fieldsText(fields: StatusResult['fields']): string | null {
  const texts = fields.map((field) => `${columnText(field)} ${field.fieldType} (${field.sensitivity})`);
  return texts.length === 0 ? null : texts.join(', ');
}

function indexesText(indexes: StatusResult['indexes']): string | null {
  const texts = indexes.map((index) => {
    const unique = index.uniqueness === 'unique' ? ', unique' : '';
    return `${columnText(index)} by ${index.normaliser}${unique} (${stateTexts[index.state]})`;
  });
  return texts.length === 0 ? null : texts.join(', ');
}

const stateTexts: Readonly<Record<StatusResult['indexes'][number]['state'], string>> = {
  building: 'being built',
  current: 'current',
  next: 'next: "keyturn finalize" puts it into the place of the current one',
  swapped: 'current: it has taken the place of the one before',
};

function writersText(writers: StatusResult['plaintextWriters']): string | null {
  return writers.length === 0 ? null : printable(`written since the last run: ${listWriters(writers)}`);
}

function guardText(guards: StatusResult['guards']): string | null {
  const [first] = guards;
  if (first === undefined) return null;
  const writes = guards.reduce((sum, guard) => sum + guard.writes, 0);
  const unfit = guards.reduce((sum, guard) => sum + guard.unfit, 0);
  const missing = guards.filter(({ state }) => state === 'missing').length;
  const columns = `${countedText(guards.length, 'column')} (${first.mode})`;
  const seen =
    writes === 0
      ? 'others wrote nothing'
      : `others wrote ${countedText(writes, 'value')}, ${countText(unfit)} of them no ${unfit === 1 ? 'cell' : 'cells'}`;
  return `${columns}: ${seen}${missing === 0 ? '' : `; ${countedText(missing, 'guard is', 'guards are')} missing`}`;
}
