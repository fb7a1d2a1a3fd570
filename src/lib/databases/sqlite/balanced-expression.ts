/**
 * Terms with an operator between them, in parentheses as a balanced tree: SQLite takes no expression of more than 1,000 levels, and
 * makes a level of each term of a chain. A table may have 2,000 columns.
 */
export function balancedExpression(terms: readonly string[], operator: 'AND' | 'OR' | '+'): string {
  const [first = '', ...others] = terms;
  if (others.length === 0) return first;
  const middle = terms.length >> 1;
  const [left, right] = [terms.slice(0, middle), terms.slice(middle)];
  return `(${balancedExpression(left, operator)} ${operator} ${balancedExpression(right, operator)})`;
}
