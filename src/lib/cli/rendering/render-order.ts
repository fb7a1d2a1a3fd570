import { cellCountsText } from '../../reporters/cell-counts-text.ts';
import { printable } from '../../reporters/printable.ts';
import type { OrderResult } from '../results/order-result.ts';
import type { Painter } from './painter.ts';
import { composeText } from './sections.ts';

/** The outcome of an order, in a sentence or two. */
export function renderOrder(result: OrderResult, painter: Painter): string {
  return composeText([[headline(result, painter)], [`Cells: ${cellCountsText(result.cells)}.`]], result.next);
}

function headline(result: OrderResult, painter: Painter): string {
  const { outcome, state, migration, order } = result;
  const holder = printable(result.heldBy ?? 'its process');
  if (outcome === 'pending') {
    return painter.warning(`Asked to ${order} migration ${migration}, but ${holder} has not followed yet.`);
  }
  if (state === 'cancelled') return painter.warning(givenUp(result));
  if (state === 'succeeded') return painter.good(`Migration ${migration} has succeeded meanwhile.`);
  switch (order) {
    case 'pause':
      return outcome === 'followed'
        ? painter.good(`Paused migration ${migration}: ${holder} waits, and nothing is lost.`)
        : painter.good(`Paused migration ${migration}: nobody works on it, and the next run will wait.`);
    case 'resume':
      return outcome === 'followed'
        ? painter.good(`Migration ${migration} goes on: ${holder} works on it.`)
        : painter.warning(`Migration ${migration} may go on, but nobody works on it: start a run.`);
    case 'cancel':
      return painter.warning(`Migration ${migration} is ${state}.`);
  }
}

function givenUp({ migration, cells, oldKeyId, newKeyId }: OrderResult): string {
  if (cells.rewritten === 0) return `Gave migration ${migration} up before it has rewritten a cell.`;
  const left =
    oldKeyId === null || newKeyId === null
      ? `values are in both states, plaintext and under key ${oldKeyId ?? newKeyId}, which is needed`
      : `cells are under both keys, ${oldKeyId} and ${newKeyId}, and both are needed`;
  return `Gave migration ${migration} up: ${left}.`;
}
