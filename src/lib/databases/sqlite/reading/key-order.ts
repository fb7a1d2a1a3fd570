import type { StoredValue } from '../../../model/cells/stored-value.ts';

/** A condition on a row's key, with its parameters. */
export interface KeyCondition {
  readonly sql: string;
  readonly parameters: readonly StoredValue[];
}

/** One column of a key: how it stands in SQL, and its value. */
export interface KeyPart {
  readonly placeholder: string;
  readonly value: StoredValue;
}

/** A column of a primary key, quoted, and how rows are sorted by it. */
export interface OrderedColumn {
  readonly column: string;
  readonly direction: 'up' | 'down';
}

/** The columns of `ORDER BY` that walk along the key. */
export function orderedBy(order: readonly OrderedColumn[], way: 'forwards' | 'backwards'): string {
  const falling = way === 'forwards' ? 'down' : 'up';
  return order.map(({ column, direction }) => (direction === falling ? `${column} DESC` : column)).join(', ');
}

/**
 * The rows behind a key, or up to it, where columns are sorted in different directions: SQLite compares tuples in one
 * direction alone, and to walk against the key it would sort all that is left for each chunk. The first column stands
 * alone once more, so that the search begins at its value.
 */
export function compareInOrder(
  order: readonly OrderedColumn[],
  operator: '>' | '<=',
  parts: readonly KeyPart[],
): KeyCondition {
  const strictly = order.map(({ direction }) => ((direction === 'up') === (operator === '>') ? '>' : '<'));
  const compare = (index: number, by: string): KeyCondition => ({
    sql: `${order[index]?.column ?? ''} ${by} ${parts[index]?.placeholder ?? ''}`,
    parameters: parts.slice(index, index + 1).map(({ value }) => value),
  });
  const equalUpTo = (count: number): readonly KeyCondition[] =>
    order.slice(0, count).map((_, index) => compare(index, '='));
  const alternatives = order.map((_, index) =>
    join([...equalUpTo(index), compare(index, strictly[index] ?? '')], 'AND'),
  );
  const orEqual = operator === '<=' ? [join(equalUpTo(order.length), 'AND')] : [];
  return join([compare(0, `${strictly[0] ?? ''}=`), join([...alternatives, ...orEqual], 'OR')], 'AND');
}

function join(conditions: readonly KeyCondition[], operator: 'AND' | 'OR'): KeyCondition {
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(` ${operator} `)})`,
    parameters: conditions.flatMap(({ parameters }) => parameters),
  };
}
