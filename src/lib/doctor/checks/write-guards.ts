import type { Plan } from '../../model/plans/plan.ts';
import { traceGuard, type GuardRecord, type GuardTraces } from '../../model/schema/guard.ts';
import { ok, warn, type Check, type Finding } from '../check.ts';

const remove = 'keyturn guard off';

/** Guards that have lost their triggers, whose column is called otherwise by now, or that stand where plaintext belongs. */
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
    return guards.map((guard) => judge(guard, { triggers, tables, plan: latest?.plan }));
  },
};

interface Surroundings extends GuardTraces {
  /** The plan of the latest migration. */
  readonly plan: Plan | undefined;
}

function judge(guard: GuardRecord, { plan, ...traces }: Surroundings): Finding {
  const column = `${guard.table}.${guard.column}`;
  const found = traceGuard(guard, traces);
  if (found.kind === 'missing') return warn(`the guard of ${column} has lost its triggers`, remove);
  if (found.kind === 'renamed') {
    const name = found.to === null ? 'has another name' : `is ${found.to.table}.${found.to.column}`;
    return warn(`${column} ${name} by now, and its guard goes on under the old name`, remove);
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
