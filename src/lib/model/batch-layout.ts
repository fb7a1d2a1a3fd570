import type { PlannedColumn } from './plan.ts';

/** What stands at one place of a target's batches; `of` is the planned column it belongs to. */
export interface BatchColumn {
  /** `destination`: the column that takes the result of a planned one; `side`: which of the two was written last. */
  readonly kind: 'planned' | 'destination' | 'side';
  readonly of: number;
}

/** The columns of a target's batches, in their order: those of the plan first, then those that go with them. */
export function batchLayout(columns: readonly PlannedColumn[]): readonly BatchColumn[] {
  return [
    ...columns.map((_, of) => ({ kind: 'planned', of }) as const),
    ...columns.flatMap(({ into }, of) =>
      into === undefined
        ? []
        : ([
            { kind: 'destination', of },
            { kind: 'side', of },
          ] as const),
    ),
  ];
}

/** Where in the batches the column of a kind stands that belongs to a planned one. */
export function placeOf(layout: readonly BatchColumn[], kind: BatchColumn['kind'], of: number): number {
  return layout.findIndex((column) => column.kind === kind && column.of === of);
}
