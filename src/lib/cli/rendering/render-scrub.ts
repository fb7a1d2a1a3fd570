import { byteText } from '../../model/texts/byte-text.ts';
import { countText } from '../../model/texts/count-text.ts';
import { countedText } from '../../model/texts/counted-text.ts';
import { printable } from '../../reporters/printable.ts';
import type { ScrubbedColumn, ScrubResult } from '../results/scrub-result.ts';
import { columnText } from './column-text.ts';
import type { Painter } from './painter.ts';
import { composeText, section } from './sections.ts';
import { textTable, type TextColumn } from './text-table.ts';

const tableColumns: readonly TextColumn[] = [
  { header: 'column', align: 'left' },
  { header: 'samples', align: 'right' },
  { header: 'found', align: 'right' },
  { header: 'not sampled', align: 'left' },
];

/** What a scrub has done and proved. */
export function renderScrub(result: ScrubResult, painter: Painter): string {
  return composeText(scrubParts(result, painter), result.next);
}

/** The same in its parts, for a run that it has followed. */
export function scrubParts(result: ScrubResult, painter: Painter): readonly (readonly string[])[] {
  const { columns, remains, unsearched, backups, beyondReach } = result;
  const rows = columns.map((column) => [
    columnText(column),
    countText(column.samples),
    column.found === 0 ? '0' : painter.bad(countText(column.found)),
    passedOverText(column),
  ]);
  return [
    [verdict(result, painter)],
    rows.length === 0 ? [] : textTable(tableColumns, rows, painter),
    section(
      'Found in',
      remains.map(
        ({ file, place, found }) => `${printable(place)}: ${countText(found)} (${printable(file)})`,
      ),
    ),
    section(
      'Not searched',
      unsearched.map(({ place, command }) => `${place}: ${printable(command)}`),
    ),
    section(
      'Copies of keyturn hold the old values on purpose',
      backups.map(({ path, bytes }) => `${printable(path)} (${byteText(bytes)})`),
    ),
    section(
      'Out of reach, for you to deal with',
      beyondReach.map(({ place, command }) => `${place}: ${printable(command)}`),
    ),
  ];
}

const nothingKnown =
  'nothing is known of the old values that could be searched for: they were not sampled, or an earlier scrub has ' +
  'proved them gone.';

/** What is read, of which there are files. */
const readable: Readonly<Record<ScrubResult['means'], readonly [one: string, many: string]>> = {
  'local files': ['file', 'files'],
  'server files': ['file of the server', 'files of the server'],
  'relation pages': ['relation, page by page', 'relations, page by page'],
  'column statistics': ["table's statistics", "tables' statistics"],
};

function verdict(
  { state, mode, samples, found, logHeldBy, means, ...searched }: ScrubResult,
  painter: Painter,
): string {
  const [one, many] = readable[means];
  const where = `in ${byteText(searched.bytes)} (${countedText(searched.files, one, many)}, ${byteText(searched.bytesPerSecond)}/s)`;
  const proof = `${countText(found)} of ${countedText(samples, 'sample')} of old values found ${where}`;
  const done = mode === 'scrubbed' ? 'Scrubbed: ' : '';
  switch (state) {
    case 'clean':
      return painter.good(`${done}${proof}.`);
    case 'remains':
      return painter.bad(`${done}${proof}.`);
    case 'unproven':
      return painter.warning(
        `${done}${samples === 0 ? nothingKnown : `${proof}; not everything could be searched, so that nothing is proven.`}`,
      );
    case 'log held':
      return painter.bad(
        `${done}the log could not be emptied, because it is being read by ${logHeldBy.map(printable).join(', ') || 'somebody'}; ${proof}.`,
      );
  }
}

function passedOverText({ short, repeated, other }: ScrubbedColumn): string {
  const parts = [
    ...(short === 0 ? [] : [`${countText(short)} too short`]),
    ...(repeated === 0 ? [] : [`${countText(repeated)} not unique`]),
    ...(other === 0 ? [] : [`${countText(other)} no text`]),
  ];
  return parts.length === 0 ? '-' : parts.join(', ');
}
