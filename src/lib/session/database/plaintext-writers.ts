import type { TargetDatabase } from '../../databases/target-database.ts';
import { listProcesses } from '../../model/databases/other-process.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { findPair } from '../../model/plans/planned-pair.ts';
import type { PlaintextWriter } from '../../model/runs/plaintext-writer.ts';

/**
 * Who has written plaintext beside its cells that no run has taken over yet, most values first. A server knows each
 * session; of a file, the processes that have it open now.
 */
export async function readPlaintextWriters(
  database: TargetDatabase,
  { targets }: Pick<Plan, 'targets'>,
): Promise<readonly PlaintextWriter[]> {
  const known = await database.ledger.listPairs();
  const values = new Map<string | null, number>();
  for (const { table, columns } of targets) {
    for (const column of columns) {
      const pair = column.to.kind === 'encrypted' ? findPair(known, table, column) : undefined;
      for (const { writer, marks } of pair ? await database.ledger.countWriters(pair) : [])
        values.set(writer, (values.get(writer) ?? 0) + marks);
    }
  }
  const others = values.has(null) ? await nameOthers(database) : '';
  return [...values]
    .map(([writer, count]) => ({ writer: writer ?? others, values: count }))
    .sort((one, other) => other.values - one.values);
}

async function nameOthers(database: TargetDatabase): Promise<string> {
  const processes = await database.otherProcesses();
  return processes.length === 0 ? 'somebody who is gone' : listProcesses(processes);
}
