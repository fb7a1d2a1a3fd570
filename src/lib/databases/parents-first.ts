import type { ForeignKey } from '../model/schema/foreign-key.ts';

/**
 * Puts each table behind those whose cells its own follow (`ON UPDATE CASCADE`): walked first, it would be changed
 * to cells that its parent does not have. Keeps the order otherwise.
 */
export function parentsFirst<Table extends { readonly table: string }>(
  tables: readonly Table[],
  keys: readonly ForeignKey[],
): readonly Table[] {
  const ordered = new Set<Table>();
  const visited = new Set<Table>();
  const visit = (child: Table): void => {
    if (visited.has(child)) return;
    visited.add(child);
    const followed = keys.filter(({ table, onUpdate }) => table === child.table && onUpdate === 'follows');
    const parents = new Set(followed.map(({ refersTo }) => refersTo.table));
    for (const one of tables) if (parents.has(one.table)) visit(one);
    ordered.add(child);
  };
  for (const table of tables) visit(table);
  return [...ordered];
}
