import type { TargetDatabase } from '../databases/target-database.ts';
import { describeDependant } from '../model/column-dependant.ts';
import type { Plan } from '../model/plan.ts';
import type { TableNote } from '../model/schema-note.ts';

/** What of the schema the run of a plan will meet, beside its obstacles. */
export async function readNotes(database: TargetDatabase, plan: Plan): Promise<readonly TableNote[]> {
  const notes: TableNote[] = [];
  for (const { table, columns } of plan.targets) {
    const rewritten = columns.filter(({ into }) => into === undefined).map(({ name }) => name);
    const opened = database.openTable(table, rewritten);
    for (const note of (await opened.readNotes?.()) ?? []) notes.push({ table, ...note });
    for (const { name, into, to } of columns) {
      if (into === undefined || to.kind === 'plaintext') continue;
      const dependants = await database.listDependants({ table, column: name });
      notes.push(...dependants.map((dependant) => ({ table, ...describeDependant(dependant) })));
    }
  }
  return notes;
}
