import type { PlannedColumn } from './plan.ts';

/** What stands at one place of a target's batches; `of` is the planned column it belongs to. */
export interface BatchColumn {
  /** `destination`: the column that takes the result of a planned one. */
  readonly kind: 'planned' | 'destination';
  readonly of: number;
}

/** The columns of a target's batches, in their order: those of the plan first, then those that are made from them. */
export function batchLayout(columns: readonly PlannedColumn[]): readonly BatchColumn[] {
  return [
    ...columns.map((_, of) => ({ kind: 'planned', of }) as const),
    ...columns.flatMap(({ into }, of) => (into === undefined ? [] : [{ kind: 'destination', of } as const])),
  ];
}
