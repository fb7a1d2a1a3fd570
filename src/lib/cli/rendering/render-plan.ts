import type { PlanEstimate } from '../../model/plans/plan.ts';
import { byteText } from '../../model/texts/byte-text.ts';
import { countText } from '../../model/texts/count-text.ts';
import { countedText } from '../../model/texts/counted-text.ts';
import { durationText } from '../../reporters/duration-text.ts';
import { printable } from '../../reporters/printable.ts';
import type { KeySummary, PlannedIndexResult, PlanResult } from '../results/plan-result.ts';
import { alignedFields, type Field } from './aligned-fields.ts';
import { censusTable } from './census-table.ts';
import { columnText } from './column-text.ts';
import { nothingToDoText } from './nothing-to-do-text.ts';
import type { Painter } from './painter.ts';
import { composeText, section, warningLines } from './sections.ts';
import { strangersText } from './strangers-text.ts';

/** A plan for review: columns, keys, cost, obstacles, what is left out. */
export function renderPlan(plan: PlanResult, painter: Painter): string {
  const head: readonly Field[] = [
    ['database', printable(plan.database)],
    ['old key', keyText(plan.oldKey, painter)],
    ['new key', keyText(plan.newKey, painter)],
    ['format', formatText(plan.columns)],
    ...(plan.afterwards === null ? [] : [['afterwards', plan.afterwards] as const]),
    ...(plan.output === null ? [] : [['plan', printable(plan.output)] as const]),
  ];
  const isDone = plan.outcome === 'nothing to do';
  return composeText(
    [
      isDone
        ? [painter.good(nothingToDoText({ kind: plan.kind, newKeyId: plan.newKey?.id ?? null }, plan.blank))]
        : [],
      alignedFields(head),
      censusTable(plan.columns, painter),
      section('Blind indexes', plan.indexes.map(indexText)),
      isDone ? [] : section('Estimate', alignedFields(estimateFields(plan))),
      section('What the columns hold', plan.columns.flatMap(fieldText)),
      section(painter.warning('Obstacles'), plan.obstacles.flatMap(obstacleLines)),
      section('Worth knowing', plan.notes.map(noteText)),
      section(
        'Not part of the plan',
        plan.excluded.map((column) => `${columnText(column)}: ${column.reason}`),
      ),
      warningLines(plan.warnings, painter),
    ],
    plan.next,
  );
}

function keyText(key: KeySummary | null, painter: Painter): string {
  if (key === null) return 'none: plaintext';
  const { id, reference } = key;
  return `${painter.heading(id)} from ${reference === null ? 'the keyboard, the command line or a stream' : printable(reference)}`;
}

/** What the cells look like, and what they will look like where that changes. */
function formatText(columns: PlanResult['columns']): string {
  const texts = columns.map(({ format, toFormat }) => {
    const [from, to] = [format ?? 'plaintext', toFormat ?? 'plaintext'];
    return from === to ? from : `${from} to ${to}`;
  });
  return [...new Set(texts)].join('; ');
}

function estimateFields({ estimate, databaseKind }: PlanResult): readonly Field[] {
  return [
    [
      'cells to rewrite',
      `${countText(estimate.cells)} in ${countedText(estimate.rows, 'row')}, ${byteText(estimate.bytes)}`,
    ],
    ['time', `about ${durationText(Math.max(estimate.seconds * 1_000, 1))}`],
    ...(databaseKind === 'sqlite' ? fileSpace(estimate) : serverSpace(estimate)),
  ];
}

function fileSpace({ backupBytes, growthBytes = 0, logBytes, freeBytes }: PlanEstimate): readonly Field[] {
  const growth = growthBytes === 0 ? [] : [`about ${byteText(growthBytes)} growth`];
  const parts = [`${byteText(backupBytes)} backup`, ...growth, `up to ${byteText(logBytes)} log`];
  return [
    ['disk', parts.join(', ')],
    ...(freeBytes === null ? [] : [['free', byteText(freeBytes)] as const]),
  ];
}

/** Each rewritten row stands in the table twice until it is vacuumed. */
function serverSpace({ backupBytes, growthBytes = 0, logBytes }: PlanEstimate): readonly Field[] {
  return [
    ['disk', `about ${byteText(growthBytes)} growth until a vacuum, about ${byteText(logBytes)} log (WAL)`],
    ['backup', `none by keyturn: pg_dump makes one of these ${byteText(backupBytes)}`],
  ];
}

function indexText({ table, column, into, normaliser, bits, keyId, ...index }: PlannedIndexResult): string {
  const unique = index.uniqueness === 'unique' ? 'unique, ' : '';
  return `${columnText({ table, column })} by ${normaliser} into ${columnText({ table, column: into })}, ${unique}${bits} bits under key ${keyId}: a search finds ${strangersText(index.strangers)}`;
}

function noteText({
  table,
  kind,
  name,
  consequence,
  advice,
  whenDropped,
}: PlanResult['notes'][number]): string {
  const keeps = whenDropped === 'keeps it' ? ['the column cannot be dropped while it is there'] : [];
  const sentences = [consequence, ...keeps, ...(advice === undefined ? [] : [advice])];
  return `${kind} ${printable(name)} (table ${printable(table)}): ${sentences.join('; ')}`;
}

function fieldText(column: PlanResult['columns'][number]): readonly string[] {
  const { fieldType, sensitivity } = column;
  return fieldType === null ? [] : [`${columnText(column)}: ${fieldType}, sensitivity ${sensitivity ?? ''}`];
}

function obstacleLines(obstacle: PlanResult['obstacles'][number]): readonly string[] {
  switch (obstacle.kind) {
    case 'trigger': {
      const { table, trigger, columns } = obstacle;
      const names = columns.map((column) => columnText({ table, column })).join(', ');
      return [
        `trigger "${printable(trigger)}" fires when ${names} changes: decide with --triggers fire or --triggers suppress`,
      ];
    }
    case 'foreign key':
      return [
        `${printable(obstacle.consequence)}: a run is refused (KT_FOREIGN_KEY)`,
        ...obstacle.hints.map((hint) => `  ${printable(hint)}`),
      ];
  }
}
