import type { IndexDefinition } from '../columns/blind-index.ts';
import type { PlannedColumn } from './plan.ts';

/** One column of a target's batches; `of` is the index of the planned column it belongs to. */
export type BatchColumn =
  /** `destination`: the column that takes the result of a planned one; `side`: which of the two was written last. */
  | { readonly kind: 'planned' | 'destination' | 'side'; readonly of: number }
  | { readonly kind: 'index'; readonly of: number; readonly index: IndexDefinition };

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
    ...columns.flatMap((column, of) =>
      indexesKept(column).map((index) => ({ kind: 'index', of, index }) as const),
    ),
  ];
}

/** The indexes that are kept in step with a planned column: of what is to be plaintext there are none. */
export function indexesKept({ to, indexes = [] }: PlannedColumn): readonly IndexDefinition[] {
  return to.kind === 'encrypted' ? indexes : [];
}

/** The place in the batches of the column of a kind that belongs to a planned one. */
export function placeOf(
  layout: readonly BatchColumn[],
  kind: Exclude<BatchColumn['kind'], 'index'>,
  of: number,
): number {
  return layout.findIndex((column) => column.kind === kind && column.of === of);
}

/** The place of an index in the batches. */
export function placeOfIndex(layout: readonly BatchColumn[], index: IndexDefinition): number {
  return layout.findIndex((column) => column.kind === 'index' && column.index === index);
}
