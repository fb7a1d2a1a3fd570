import { basename } from 'node:path';
import { byteText } from '../model/texts/byte-text.ts';
import { countText } from '../model/texts/count-text.ts';
import { displayWidth, shortenText } from './display-width.ts';
import { durationText } from './duration-text.ts';
import { printable } from './printable.ts';
import type { PassProgress, ProgressSnapshot } from './run-progress.ts';

const longestBar = 30;
const shortestBar = 8;
const longestNameColumns = 24;
const shortNameColumns = 12;

/** One line that says where a run is, at most `columns` wide; what matters least is left out first. */
export function progressLine(snapshot: ProgressSnapshot, columns: number): string {
  if (snapshot.pass === undefined) {
    return shortenText(`${snapshot.phase}  ${durationText(wholeSeconds(snapshot))}`, columns);
  }
  const layouts = layoutsOf(snapshot, snapshot.pass);
  const fitting = layouts.find((layout) => widthOf(layout) + shortestBar <= columns);
  if (fitting !== undefined) return drawLine(fitting, columns);
  return shortenText(layouts.at(-1)?.after.join('  ') ?? '', columns);
}

/** The same in words and of any length, for a log: `execute: table "machines": 450 of about 1,000 rows (45%)`. */
export function progressSentence(snapshot: ProgressSnapshot): string {
  const { phase, pass } = snapshot;
  if (pass === undefined) return `${phase}: running for ${durationText(wholeSeconds(snapshot))}`;
  const amount = `${amountText(pass, pass.doneRows)} of about ${amountText(pass, pass.estimatedRows)}`;
  const rest = [`${amount}${unitText(pass)} (${percentage(pass)})`, ...paceTexts(snapshot, 'long')].filter(
    (part) => part !== '',
  );
  return `${phase}: ${passName(pass)}: ${rest.join(', ')}`;
}

/** `table "machines"`, and which pass it is where it is not the first. */
export function passName({
  table,
  pass,
  unit,
}: Pick<PassProgress, 'table' | 'pass'> & Partial<Pick<PassProgress, 'unit'>>): string {
  return `${unit === 'bytes' ? 'file' : 'table'} "${printable(table)}"${pass > 1 ? ` (pass ${pass})` : ''}`;
}

/** The parts of a line on either side of the bar. */
interface Layout {
  readonly before: readonly string[];
  readonly fraction: number;
  readonly after: readonly string[];
}

function layoutsOf(snapshot: ProgressSnapshot, pass: PassProgress): readonly Layout[] {
  const { fraction } = pass;
  const percent = percentage(pass).padStart(4);
  const rows = `${amountText(pass, pass.doneRows)}/${amountText(pass, pass.estimatedRows)}`;
  const long = [percent, `${rows}${unitText(pass)}`, ...paceTexts(snapshot, 'long')];
  const short = [percent, rows, ...paceTexts(snapshot, 'short')];
  const left = snapshot.hold ?? leftText(snapshot);
  const name = tableName(pass, longestNameColumns);
  const shortName = tableName(pass, shortNameColumns);
  return [
    { before: [snapshot.phase, name], fraction, after: long },
    { before: [name], fraction, after: long },
    { before: [shortName], fraction, after: short },
    { before: [shortName], fraction, after: [percent, rows, left] },
    { before: [shortName], fraction, after: [percent, left] },
    { before: [], fraction, after: [percent, left] },
    { before: [], fraction, after: [percent] },
  ].map((layout) => ({ ...layout, after: layout.after.filter((part) => part !== '') }));
}

function widthOf({ before, after }: Layout): number {
  return displayWidth([...before, '[]', ...after].join('  '));
}

function drawLine(layout: Layout, columns: number): string {
  const length = Math.min(longestBar, columns - widthOf(layout));
  const filled = Math.floor(layout.fraction * length);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(length - filled)}]`;
  return [...layout.before, bar, ...layout.after].join('  ');
}

/** An amount of what the pass counts: rows, or bytes in a unit of their own. */
function amountText({ unit }: PassProgress, amount: number): string {
  return unit === 'bytes' ? byteText(amount) : countText(amount);
}

function unitText({ unit }: PassProgress): string {
  return unit === 'bytes' ? '' : ' rows';
}

function tableName({ table, pass, unit }: PassProgress, columns: number): string {
  const name = shortenText(printable(unit === 'bytes' ? basename(table) : table), columns);
  return pass > 1 ? `${name} #${pass}` : name;
}

function percentage({ fraction }: PassProgress): string {
  return `${Math.floor(fraction * 100)}%`;
}

/** How fast it goes and how long that takes, and whether something slows it down; no pace while it is paused. */
function paceTexts(snapshot: ProgressSnapshot, style: 'long' | 'short'): readonly string[] {
  const hold = snapshot.hold ?? '';
  if (hold === 'paused') return [hold];
  return [rateText(snapshot, style), runsText(snapshot), leftText(snapshot), hold];
}

function rateText({ rowsPerSecond, pass }: ProgressSnapshot, style: 'long' | 'short'): string {
  if (rowsPerSecond === undefined) return '';
  if (pass?.unit === 'bytes') return `${byteText(Math.round(rowsPerSecond))}/s`;
  return `${countText(Math.round(rowsPerSecond))}${style === 'long' ? ' rows/s' : '/s'}`;
}

function runsText({ runs }: ProgressSnapshot): string {
  return runs === 1 ? '' : `${runs} runs`;
}

function leftText({ secondsLeft }: ProgressSnapshot): string {
  return secondsLeft === undefined ? '' : `${durationText(Math.ceil(secondsLeft) * 1_000)} left`;
}

function wholeSeconds({ phaseMilliseconds }: ProgressSnapshot): number {
  return Math.floor(phaseMilliseconds / 1_000) * 1_000;
}
