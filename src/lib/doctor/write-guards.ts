import type { Plan } from '../model/plans/plan.ts';
import { guardTriggerPrefix, type GuardRecord } from '../model/schema/guard.ts';
import { ok, warn, type Check, type Finding } from './check.ts';

const remove = 'keyturn guard off';

/** Guards that have lost their triggers, or stand where plaintext belongs. */
export const writeGuards: Check = {
  name: 'write guards',
  databases: ['sqlite', 'postgres'],
  async examine({ database }) {
    if (!database) return [];
    const guards = await database.ledger.listGuards();
    const triggers = (await database.listGuardTriggers?.()) ?? [];
    const [latest] = await database.ledger.listMigrations();
    if (guards.length === 0) return [ok('no column is guarded')];
    return guards.map((guard) => judge(guard, { triggers, plan: latest?.plan }));
  },
};

interface Surroundings {
  /** Names of all triggers of guards that are there. */
  readonly triggers: readonly string[];
  /** The plan of the latest migration. */
  readonly plan: Plan | undefined;
}

function judge(guard: GuardRecord, { triggers, plan }: Surroundings): Finding {
  const column = `${guard.table}.${guard.column}`;
  if (!triggers.some((trigger) => trigger.startsWith(guardTriggerPrefix(guard.id)))) {
    return warn(`the guard of ${column} has lost its triggers`, remove);
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
