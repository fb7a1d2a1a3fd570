import type { TargetDatabase } from '../databases/target-database.ts';
import { indexesKept } from '../model/plans/batch-layout.ts';
import type { Plan, PlannedColumn, PlannedTarget } from '../model/plans/plan.ts';
import { describeDependant, type ColumnDependant } from '../model/schema/column-dependant.ts';
import type { SchemaNote, TableNote } from '../model/schema/schema-note.ts';

/** What of the schema the run of a plan will meet, beside its obstacles. */
export async function readNotes(database: TargetDatabase, plan: Plan): Promise<readonly TableNote[]> {
  const notes: TableNote[] = [];
  for (const target of plan.targets) {
    const ofColumns: SchemaNote[] = [];
    for (const column of target.columns.filter(losesPlaintext)) {
      ofColumns.push(...(await describeDependants(database, target, column)));
    }
    const ofRewriting = await readRewritingNotes(database, target);
    // What becomes of a column that loses its plaintext says more than what rewriting means.
    const others = ofRewriting.filter((note) => !ofColumns.some((one) => isSame(one, note)));
    notes.push(...[...others, ...ofColumns].map((note) => ({ table: target.table, ...note })));
  }
  return notes;
}

function losesPlaintext({ from, to }: PlannedColumn): boolean {
  return from.kind === 'plaintext' && to.kind === 'encrypted';
}

/** What the rewriting of the columns that take their own cells meets, where the database tells. */
async function readRewritingNotes(
  database: TargetDatabase,
  { table, columns }: PlannedTarget,
): Promise<readonly SchemaNote[]> {
  const rewritten = columns.filter(({ into }) => into === undefined).map(({ name }) => name);
  return (await database.openTable(table, rewritten).readNotes?.()) ?? [];
}

/** What is made of a column, and what to do about it. Triggers that an update of it fires are obstacles. */
async function describeDependants(
  database: TargetDatabase,
  { table }: PlannedTarget,
  column: PlannedColumn,
): Promise<readonly SchemaNote[]> {
  const place = { table, column: column.name };
  const dependants = await database.listDependants(place);
  const unique = indexesKept(column).find(({ uniqueness }) => uniqueness === 'unique');
  return dependants.map((dependant) => {
    const note = describeDependant(
      dependant,
      place,
      column.into === undefined ? 'in place' : 'another column',
    );
    return unique !== undefined && isKept(dependant)
      ? { ...note, advice: `the unique blind index "${unique.column}" keeps equal values apart` }
      : note;
  });
}

/** Whether a unique blind index can take its place. */
function isKept({ kind, unique }: ColumnDependant): boolean {
  return kind === 'unique' && unique !== 'an expression';
}

function isSame(one: SchemaNote, other: SchemaNote): boolean {
  return one.kind === other.kind && one.name === other.name;
}
