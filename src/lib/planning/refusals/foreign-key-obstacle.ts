import type { PlacedColumn } from '../../model/columns/placed-column.ts';

/** A foreign key for which a run of a plan is refused, until the schema or the plan is another one. */
export interface ForeignKeyObstacle {
  readonly kind: 'foreign key';
  /** The table whose rows refer to others, and the column by which they do. */
  readonly table: string;
  readonly columns: readonly string[];
  readonly refersTo: PlacedColumn;
  /** Why nothing can be changed like this, as a sentence without a full stop. */
  readonly consequence: string;
  /** Ways out, most useful first. */
  readonly hints: readonly string[];
}
