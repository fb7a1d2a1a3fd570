import type { TargetDatabase } from '../../databases/target-database.ts';
import type { Plan } from '../../model/plans/plan.ts';

/** What the operator should know before plaintext travels to a server: by which settings it would stay in its log. */
export async function logWarnings({ server }: TargetDatabase, { kind }: Plan): Promise<readonly string[]> {
  if (!server || kind === 'rotate') return [];
  const { leaks } = await server.readReport();
  return leaks.map(
    ({ setting, value, logs, fix }) =>
      `${setting} is "${value}": the server logs ${logs}, and plaintext with them; before the run: ${fix}`,
  );
}
