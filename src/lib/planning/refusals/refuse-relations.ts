import type { TableDescription } from '../../databases/table-description.ts';
import type { OtherRelation, TargetDatabase } from '../../databases/target-database.ts';
import { parseColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';

/**
 * Throws where a name leads to something that is no table but looks like one (exit 2): its rows are in other tables, or in
 * another database. Names that lead nowhere are left to whoever looks for them.
 */
export async function refuseRelations(
  database: TargetDatabase,
  names: readonly string[],
  tables: readonly TableDescription[],
): Promise<void> {
  const unknown = names.filter((name) => !tables.some(({ table }) => isNamed(name, table)));
  if (unknown.length === 0) return;
  for (const relation of (await database.listOtherRelations?.()) ?? []) {
    if (unknown.some((name) => isNamed(name, relation.name))) throw noTable(relation);
  }
}

/** Whether a filter's text names the table, or a column of it. */
function isNamed(text: string, table: string): boolean {
  return text === table || text.startsWith(`${table}.`) || parseColumnName(text)?.table === table;
}

function noTable({ name, kind, source }: OtherRelation): KeyturnError {
  const from = source.length === 0 ? '' : `: ${source.join(', ')}`;
  return new KeyturnError({
    code: 'KT_UNWRITABLE_COLUMN',
    reason: 'usage',
    message: `${name} cannot be rewritten: it is a ${kind}${reasons[kind]}${from}`,
    hints: [source.length === 0 ? 'keyturn plan' : source.map((table) => `--table '${table}'`).join(' ')],
  });
}

const reasons: Readonly<Record<OtherRelation['kind'], string>> = {
  view: ', which shows what other tables hold',
  'materialized view': ', which holds a copy until it is refreshed',
  'foreign table': ', whose rows are in another database; rotate them there',
  'partitioned table': ', whose rows are in its partitions',
};
