import type { CellCounts } from '../../model/cells/cell-counts.ts';
import { keyIdChange } from '../../model/plans/key-change.ts';
import { countText } from '../../model/texts/count-text.ts';
import { cellCountsText } from '../../reporters/cell-counts-text.ts';
import { durationText } from '../../reporters/duration-text.ts';
import { printable } from '../../reporters/printable.ts';
import type { PhaseMilliseconds, RunResult, RunState, RunTarget } from '../results/run-result.ts';
import { alignedFields, type Field } from './aligned-fields.ts';
import { nothingToDoText } from './nothing-to-do-text.ts';
import type { Painter } from './painter.ts';
import { renderIssues } from './render-issues.ts';
import { scrubParts } from './render-scrub.ts';
import { composeText, section, warningLines } from './sections.ts';
import { textTable, type TextColumn } from './text-table.ts';

const shownPhases: readonly (keyof PhaseMilliseconds)[] = [
  'plan',
  'backup',
  'execute',
  'verify',
  'census',
  'finalize',
  'rewrite',
  'search',
];

const phaseNames: Readonly<Record<RunResult['kind'], string>> = {
  rotate: 'rotation',
  encrypt: 'encryption',
  decrypt: 'decryption',
  rollback: 'rollback',
};

/** What stands beside each other until a migration is finalized. */
const whatWaits: Readonly<Record<RunResult['kind'], string>> = {
  rotate: 'both blind indexes can be searched',
  encrypt: 'the plaintext is still there',
  decrypt: 'the cells are still there',
  // Of a rollback, or of a decryption: what goes back to plaintext waits for nothing.
  rollback: 'the plaintext is still there',
};

/** The counts of the table, in their order. */
const shownCounts: readonly TargetCount[] = [
  { field: 'rewritten', header: 'rewritten' },
  { field: 'already', header: 'already' },
  { field: 'null', header: 'null' },
  { field: 'empty', header: 'empty' },
  { field: 'left', header: 'left alone' },
  { field: 'deferred', header: 'deferred' },
  { field: 'quarantined', header: 'quarantined' },
];

interface TargetCount {
  readonly field: keyof CellCounts;
  readonly header: string;
}

/** What a run changed, how long it took, what still holds the old key, and what to type next. */
export function renderRun(run: RunResult, painter: Painter): string {
  return composeText(
    [
      [headline(run, painter)],
      alignedFields(fieldsOf(run)),
      run.targets.length === 0 ? [] : targetTable(run.targets, painter),
      renderIssues(run.issues, painter),
      ...(run.scrub === null ? [] : scrubParts(run.scrub, painter)),
      section(remainsHeading(run), run.remains.map(printable)),
      warningLines(run.warnings, painter),
    ],
    run.next,
  );
}

function remainsHeading({ oldKeyId, newKeyId }: RunResult): string {
  if (oldKeyId !== null && oldKeyId === newKeyId) return 'What is left of the old format';
  return oldKeyId === null ? 'What is left of the plaintext' : `What is left of key ${oldKeyId}`;
}

/** The verdict first, then what it is about. */
function headline(run: RunResult, painter: Painter): string {
  const name = `${phaseNames[run.kind]} ${keyIdChange(run.oldKeyId, run.newKeyId)}`;
  const work = `${name}, ${cellCountsText(run.cells)}`;
  const texts: Readonly<Record<RunState, string>> = {
    planned: `Not started: ${name}.`,
    running: painter.warning(`Not finished: ${work}.`),
    paused: painter.warning(`Paused: ${work}.`),
    verifying: painter.warning(`Not verified yet: ${work}.`),
    ready: painter.good(`Ready, ${whatWaits[run.kind]}: ${work}.`),
    finalizing: painter.warning(`Not finalized yet: ${work}.`),
    succeeded: painter.good(`Done: ${work}.`),
    failed: painter.bad(`Not finished: ${work}.`),
    cancelled: painter.warning(`Given up: ${work}.`),
    interrupted: painter.warning(`${stoppedText(run)}: ${work}.`),
    'handed over': painter.good(`Its part is done, another run goes on with the ${work}.`),
    rehearsed: painter.good(`Rehearsed, nothing was changed: ${work}.`),
    skipped: painter.warning('Skipped: another run holds the database, and nothing was changed.'),
    'nothing to do': painter.good(nothingToDoText(run, run.blank)),
  };
  return texts[run.state];
}

/** A rehearsal, which is no migration, has no checkpoint to go on from. */
function stoppedText({ migration }: RunResult): string {
  return migration === null ? 'Rehearsed in part, nothing was changed' : 'Stopped at a checkpoint';
}

function fieldsOf(run: RunResult): readonly Field[] {
  const phases = shownPhases.filter((phase) => run.phases[phase] > 0);
  const times = phases.map((phase) => `${phase} ${durationText(run.phases[phase])}`);
  const fields: readonly (readonly [string, string | null])[] = [
    ['database', run.database],
    ['migration', run.migration],
    ['backup', run.backup],
    ['time', times.length === 0 ? null : times.join(', ')],
  ];
  return fields.flatMap(([name, text]) => (text === null ? [] : [[name, printable(text)] as const]));
}

/** Counts that are 0 in every table are left out, so that the lines stay short. */
function targetTable(targets: readonly RunTarget[], painter: Painter): readonly string[] {
  const isNeeded = ({ field }: TargetCount): boolean => targets.some(({ cells }) => cells[field] > 0);
  const counts = shownCounts.filter((count) => count.field === 'rewritten' || isNeeded(count));
  const columns: readonly TextColumn[] = [
    { header: 'table', align: 'left' },
    { header: 'columns', align: 'left' },
    ...counts.map(({ header }) => ({ header, align: 'right' }) as const),
  ];
  const rows = targets.map(({ table, columns: names, cells }) => [
    printable(table),
    printable(names.join(', ')),
    ...counts.map(({ field }) => countText(cells[field])),
  ]);
  return textTable(columns, rows, painter);
}
