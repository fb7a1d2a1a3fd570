import { printable } from '../../reporters/printable.ts';
import type { KeyInspectResult } from '../results/key-results.ts';
import { alignedFields } from './aligned-fields.ts';
import { nextSteps } from './next-steps.ts';
import type { Painter } from './painter.ts';

/** What a key is, one property a line, without its warnings. */
export function renderKey(key: KeyInspectResult, painter: Painter): string {
  const durability =
    key.durability === 'durable'
      ? 'durable: keyturn can read it again'
      : 'volatile: keyturn does not store it; keep a copy elsewhere';
  const fields = alignedFields([
    ['key', painter.heading(key.id)],
    ['check value', key.checkValue],
    ['format', key.format],
    ['from', printable(key.reference)],
    ...(key.derived === null ? [] : [['derived', derivationText(key.derived)] as const]),
    ['durability', durability],
  ]);
  return [...fields, ...nextSteps(key.next)].join('\n');
}

function derivationText({ from, steps }: NonNullable<KeyInspectResult['derived']>): string {
  return printable(`from key ${from} by ${steps.join(', then ')}`);
}
