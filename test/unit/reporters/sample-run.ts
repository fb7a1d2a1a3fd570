import { noCells } from '../../../src/lib/model/cells/cell-counts.ts';
import type { MigrationEvent } from '../../../src/lib/model/migrations/migration-event.ts';

/** A committed chunk of `rows` rows, each with one cell that was rewritten. */
export function chunk(table: string, rows: number): MigrationEvent {
  const counts = { ...noCells, rewritten: rows };
  return { kind: 'chunk committed', table, pass: 1, rows, counts, lockMilliseconds: 3 };
}

/** The start of a first pass. */
export function passStart(table: string, estimatedRows: number, doneRows = 0): MigrationEvent {
  return { kind: 'pass started', table, pass: 1, estimatedRows, doneRows };
}

/** A run over two tables, the second of which an earlier run has begun. */
export const sampleRun: readonly MigrationEvent[] = [
  { kind: 'phase started', phase: 'backup' },
  { kind: 'phase finished', phase: 'backup', milliseconds: 1_500 },
  { kind: 'phase started', phase: 'execute' },
  passStart('machines', 1_000),
  chunk('machines', 500),
  { kind: 'warning', message: 'process 4711 writes with the \u001b[31mold\u001b[0m key' },
  chunk('machines', 500),
  { kind: 'pass finished', table: 'machines', pass: 1, counts: { ...noCells, rewritten: 1_000 } },
  passStart('commands', 2_000, 400),
  chunk('commands', 1_600),
  { kind: 'pass finished', table: 'commands', pass: 1, counts: { ...noCells, rewritten: 2_000 } },
  { kind: 'phase finished', phase: 'execute', milliseconds: 65_000 },
];
