import type { CellCounts } from '../model/cells/cell-counts.ts';
import type { MigrationEvent } from '../model/migrations/migration-event.ts';
import { countText } from '../model/texts/count-text.ts';
import { countedText } from '../model/texts/counted-text.ts';
import { cellCountsText } from './cell-counts-text.ts';
import { durationText } from './duration-text.ts';
import { printable } from './printable.ts';
import { passName } from './progress-line.ts';

/** An event as a line for people, without a line break; undefined for chunks and files, of which there are too many. */
export function eventSentence(event: MigrationEvent): string | undefined {
  switch (event.kind) {
    case 'phase started':
      return `${event.phase} started`;
    case 'phase finished':
      return `${event.phase} finished in ${durationText(event.milliseconds)}`;
    case 'pass started':
      return `${passName(event)} ${startOf(event)}`;
    case 'pass finished':
      return `${passName(event)} finished: ${cellCountsText(event.counts)}`;
    case 'paused':
      return `paused by ${printable(event.by)}: "keyturn resume" goes on`;
    case 'resumed':
      return `resumed by ${printable(event.by)}`;
    case 'throttled':
      return `throttled: ${printable(event.reason)}`;
    case 'throttle lifted':
      return 'no longer throttled';
    case 'warning':
      return `Warning: ${printable(event.message)}`;
    case 'file opened':
    case 'others at work':
    case 'chunk committed':
    case 'bytes read':
      return undefined;
  }
}

/** A finished phase with what it did to the cells: `execute finished in 12 s: 990 rewritten, 10 null`. */
export function phaseSentence(
  event: Extract<MigrationEvent, { kind: 'phase finished' }>,
  counts: CellCounts,
): string {
  const sentence = `${event.phase} finished in ${durationText(event.milliseconds)}`;
  const hasCells = Object.values<number>({ ...counts }).some((count) => count > 0);
  return hasCells ? `${sentence}: ${cellCountsText(counts)}` : sentence;
}

function startOf({ doneRows, estimatedRows }: Extract<MigrationEvent, { kind: 'pass started' }>): string {
  const rows = `about ${countedText(Math.max(estimatedRows, doneRows), 'row')}`;
  return doneRows === 0 ? `started: ${rows}` : `goes on at ${countText(doneRows)} of ${rows}`;
}
