import { countedText } from '../../model/texts/counted-text.ts';
import type { UndoDropResult } from '../results/undo-drop-result.ts';
import type { Painter } from './painter.ts';
import { composeText } from './sections.ts';

/** What was deleted, and what may still hold it. */
export function renderUndoDrop({ dropped, next }: UndoDropResult, painter: Painter): string {
  if (dropped === 0) return composeText([['No old cell is kept: nothing was deleted.']], next);
  const lines = [
    painter.good(`Deleted ${countedText(dropped, 'old cell')} and overwrote what they stood on.`),
    'Backups, snapshots and the log of the database may hold them until they are gone too.',
  ];
  return composeText([lines], next);
}
