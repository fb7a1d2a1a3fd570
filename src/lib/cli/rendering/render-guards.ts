import { countText } from '../../model/texts/count-text.ts';
import { timeText } from '../../model/texts/time-text.ts';
import { printable } from '../../reporters/printable.ts';
import type { GuardResult } from '../results/guard-result.ts';
import type { Painter } from './painter.ts';
import { composeText } from './sections.ts';
import { textTable, type TextColumn } from './text-table.ts';

const columns: readonly TextColumn[] = [
  { header: 'column', align: 'left' },
  { header: 'guard', align: 'left' },
  { header: 'writes of others', align: 'right' },
  { header: 'no cells', align: 'right' },
  { header: 'last write', align: 'left' },
];

/** The guards with what they have seen. */
export function renderGuards({ guards, next }: GuardResult, painter: Painter): string {
  if (guards.length === 0) return composeText([['No column is guarded.']], next);
  const rows = guards.map((guard) => [
    printable(`${guard.table}.${guard.column}`),
    guard.state === 'in place' ? guard.mode : painter.warning(guard.state),
    countText(guard.writes),
    guard.unfit === 0 ? '0' : painter.warning(countText(guard.unfit)),
    timeText(guard.lastWriteAt) ?? 'never',
  ]);
  const lost = guards.some(({ state }) => state === 'missing')
    ? [painter.warning('A guard is missing where its table was dropped or rebuilt; set it again.')]
    : [];
  const renamed = guards.flatMap(({ table, column, state, calledNow }) =>
    state === 'renamed'
      ? [
          painter.warning(
            printable(`${table}.${column} is called ${calledNow ?? 'otherwise'} by now, and guarded still`),
          ),
        ]
      : [],
  );
  const writers = guards.flatMap((guard) =>
    guard.writers.length === 0
      ? []
      : [
          `${printable(`${guard.table}.${guard.column}`)} got values that are no cells from ${printable(guard.writers.join(', '))}`,
        ],
  );
  const blind = 'A guard tells cells from plaintext, not one key from another: "keyturn verify" does.';
  return composeText([textTable(columns, rows, painter), [...writers, ...lost, ...renamed, blind]], next);
}
