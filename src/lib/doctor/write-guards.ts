import type { Plan } from '../model/plans/plan.ts';
import { guardTriggerPrefix, type GuardRecord } from '../model/schema/guard.ts';
import { ok, warn, type Check, type Finding } from './check.ts';

const remove = 'keyturn guard off';

/** Guards that have lost their triggers, stand where plaintext belongs, or of which the ledger knows nothing. */
export const writeGuards: Check = {
  name: 'write guards',
  databases: ['sqlite'],
  async examine({ database }) {
    if (!database) return [];
    const guards = await database.ledger.listGuards();
    const triggers = (await database.listGuardTriggers?.()) ?? [];
    const [latest] = await database.ledger.listMigrations();
    const findings = [
      ...guards.map((guard) => judge(guard, { triggers, plan: latest?.plan })),
      ...withoutRecord(triggers, guards),
    ];
    return findings.length === 0 ? [ok('no column is guarded')] : findings;
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
  if (!triggers.some((trigger) => belongsTo(trigger, guard))) {
    return warn(`the guard of ${column} has lost its triggers`, remove);
  }
  if (plan && holdsPlaintext(plan, guard)) {
    return warn(`${column} holds plaintext now, and its guard takes that for wrong`, remove);
  }
  return ok(`${column} is guarded (${guard.mode}), until "${remove}"`);
}

function belongsTo(trigger: string, { id }: GuardRecord): boolean {
  return trigger.startsWith(guardTriggerPrefix(id));
}

function holdsPlaintext({ targets }: Plan, guard: GuardRecord): boolean {
  return targets.some(
    ({ table, columns }) =>
      table === guard.table &&
      columns.some(({ name, to }) => name === guard.column && to.kind === 'plaintext'),
  );
}

/** After a ledger was removed by hand, say; "keyturn guard off" does not know them. */
function withoutRecord(triggers: readonly string[], guards: readonly GuardRecord[]): readonly Finding[] {
  return triggers
    .filter((trigger) => !guards.some((guard) => belongsTo(trigger, guard)))
    .map((trigger) =>
      warn(
        `trigger "${trigger}" is of a guard that the ledger does not know`,
        `DROP TRIGGER "${trigger}";   -- in SQL`,
      ),
    );
}
