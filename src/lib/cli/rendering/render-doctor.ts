import { countedText } from '../../model/texts/counted-text.ts';
import { printable } from '../../reporters/printable.ts';
import type { DoctorResult } from '../results/doctor-result.ts';
import type { Painter } from './painter.ts';

/** One line a finding, and below each that is not ok what to do about it. */
export function renderDoctor({ database, findings, counts }: DoctorResult, painter: Painter): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ verdict, check, message, fix }) => [
    `${paintVerdict(verdict, painter)}  ${check.padEnd(width)}  ${printable(message)}`,
    ...(fix === null ? [] : [`${' '.repeat(width + 8)}fix: ${printable(fix)}`]),
  ]);
  const warnings = countedText(counts.warn, 'warning');
  const verdict =
    counts.fail > 0
      ? painter.bad(`${String(counts.fail)} failed, ${warnings}`)
      : `nothing failed, ${warnings}`;
  return [`${printable(database)}: ${verdict}`, '', ...lines].join('\n');
}

function paintVerdict(verdict: DoctorResult['findings'][number]['verdict'], painter: Painter): string {
  const text = verdict.padEnd(4);
  switch (verdict) {
    case 'ok':
      return painter.good(text);
    case 'warn':
      return painter.warning(text);
    case 'fail':
      return painter.bad(text);
  }
}
