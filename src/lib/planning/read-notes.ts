import type { TargetDatabase } from '../databases/target-database.ts';
import type { Plan } from '../model/plan.ts';
import type { TableNote } from '../model/schema-note.ts';

/** What of the schema the run of a plan will meet, beside its obstacles. */
export async function readNotes(database: TargetDatabase, plan: Plan): Promise<readonly TableNote[]> {
  const notes: TableNote[] = [];
  for (const { table, columns } of plan.targets) {
    const opened = database.openTable(
      table,
      columns.map(({ name }) => name),
    );
    for (const note of (await opened.readNotes?.()) ?? []) notes.push({ table, ...note });
  }
  return notes;
}
