import type { DatabaseIdentity } from '../../model/databases/database-identity.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { traceGuard, type GuardRecord, type GuardTraces } from '../../model/schema/guard.ts';
import { fail, ok, warn, type Check, type Finding } from '../check.ts';

const remove = 'keyturn guard off';

/** Guards that have lost their triggers or their column, or stand where plaintext belongs. */
export const writeGuards: Check = {
  name: 'write guards',
  databases: ['sqlite', 'postgres'],
  async examine({ database }) {
    if (!database) return [];
    const guards = await database.ledger.listGuards();
    const triggers = await database.listGuardTriggers();
    const [latest] = await database.ledger.listMigrations();
    if (guards.length === 0) return [ok('no column is guarded')];
    const tables = await database.listTables();
    const { kind } = database.identity;
    return guards.map((guard) => judge(guard, { triggers, tables, kind, plan: latest?.plan }));
  },
};

interface Surroundings extends GuardTraces {
  readonly kind: DatabaseIdentity['kind'];
  /** The plan of the latest migration. */
  readonly plan: Plan | undefined;
}

function judge(guard: GuardRecord, { plan, kind, ...traces }: Surroundings): Finding {
  const column = `${guard.table}.${guard.column}`;
  const found = traceGuard(guard, traces);
  if (found === 'without triggers') return warn(`the guard of ${column} has lost its triggers`, remove);
  if (found === 'without column') {
    // A function of a server names the column as it was; SQLite renames it in triggers, too.
    return kind === 'postgres'
      ? fail(`${column} has another name by now, and until its guard goes nobody can write new rows`, remove)
      : warn(`${column} has another name by now, which its guard does not know`, remove);
  }
  if (plan && holdsPlaintext(plan, guard)) {
    return warn(`${column} holds plaintext now, and its guard takes that for wrong`, remove);
  }
  return ok(`${column} is guarded (${guard.mode}), until "${remove}"`);
}

function holdsPlaintext({ targets }: Plan, guard: GuardRecord): boolean {
  return targets.some(
    ({ table, columns }) =>
      table === guard.table &&
      columns.some(({ name, to }) => name === guard.column && to.kind === 'plaintext'),
  );
}
