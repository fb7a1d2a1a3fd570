import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { columnsToPart } from '../../model/plans/planned-pair.ts';
import { columnText } from '../rendering/column-text.ts';

/** What stays in the application's way when a migration is given up whose values are on their way into other columns; undefined: nothing. */
export function leftByCancel({ id, plan, targets, contract }: MigrationRecord): string | undefined {
  const columns = columnsToPart(plan).map(columnText);
  if (columns.length === 0 || targets.every(({ shape }) => shape === 'as planned')) return undefined;
  const [names, way] = [columns.join(', '), `until "keyturn rollback ${id}"`];
  return contract === null
    ? `the triggers that mark who writes ${names} stay, and so do the columns of cells, ${way}`
    : `${names} ${columns.length === 1 ? 'takes' : 'take'} no values any more, and triggers see to that ${way}`;
}
