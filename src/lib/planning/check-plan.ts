import type { TableDescription } from '../databases/table-description.ts';
import type { TargetDatabase } from '../databases/target-database.ts';
import type { SecretKey } from '../keys/secret-key.ts';
import { renderColumnName } from '../model/columns/column-name.ts';
import type { DatabaseIdentity } from '../model/databases/database-identity.ts';
import { KeyturnError } from '../model/keyturn-error.ts';
import { keepsKey } from '../model/plans/key-change.ts';
import type { Plan, PlannedTarget } from '../model/plans/plan.ts';
import { isPaired } from '../model/plans/planned-pair.ts';
import { shellWord } from '../model/texts/shell-word.ts';
import { triggerObstacles } from './refusals/trigger-obstacles.ts';

/** A key by its names, as a SecretKey and a PlannedKey have them. */
type KeyName = Pick<SecretKey, 'id' | 'checkValue'>;

/** What a plan has to fit. */
export interface PlanSurroundings {
  readonly oldKey: KeyName | null;
  readonly newKey: KeyName | null;
  /** `same database`: for a plan from a file. `any`: for one out of the database's own ledger, which moves with it. */
  readonly identity: 'same database' | 'any';
}

/** Throws where keys (exit 12) or database (exit 13) are not what the plan was made for. Reads the schema alone. */
export async function checkPlan(
  plan: Plan,
  database: TargetDatabase,
  surroundings: PlanSurroundings,
): Promise<void> {
  checkKeys(plan, surroundings);
  if (surroundings.identity === 'same database') checkIdentity(plan.database, database.identity);
  const tables = await database.listTables();
  for (const target of plan.targets) {
    const actual = tables.find(({ table }) => table === target.table);
    const why =
      surroundings.identity === 'any'
        ? whyStale(target, actual)
        : (whyStale(target, actual) ?? findUnnamedTrigger(plan, target, actual));
    if (why !== undefined) throw stale(why, surroundings.identity === 'any' ? hintsFor(plan) : undefined);
  }
}

/** Throws where a table of a migration that goes on is not what it was (exit 13). */
export function refuseOtherShape(plan: Plan, { table, fingerprint }: PlannedTarget, actual: string): void {
  if (actual !== fingerprint) throw stale(hasChanged(renderColumnName({ table })), hintsFor(plan));
}

/** Throws where a table or column of a migration that goes on is gone (exit 13). */
export function refuseGone(plan: Plan, tables: readonly TableDescription[]): void {
  for (const target of plan.targets) {
    const why = whyGone(
      target,
      tables.find(({ table }) => table === target.table),
    );
    if (why !== undefined) throw stale(why, hintsFor(plan));
  }
}

/** What helps a migration whose tables have changed since it began. Pairs of columns take any change but another name. */
function hintsFor(plan: Plan): readonly string[] {
  return isPaired(plan)
    ? [
        'give the table or column that was renamed its old name again, then run the same command again',
        'keyturn status',
      ]
    : [`run the same keyturn ${plan.kind} again: it plans anew`, 'keyturn rollback', 'keyturn status'];
}

function checkKeys(plan: Plan, { oldKey, newKey }: PlanSurroundings): void {
  const isSwapped = isSame(plan.oldKey, newKey) && isSame(plan.newKey, oldKey);
  if (plan.kind === 'rotate' && isSwapped && !keepsKey(plan)) {
    throw wrongKey('the old and the new key are the wrong way round for this plan', plan);
  }
  if (!isSame(plan.oldKey, oldKey)) {
    throw wrongKey(`the old key is ${idOf(oldKey)}, but the plan was made for ${idOf(plan.oldKey)}`, plan);
  }
  if (!isSame(plan.newKey, newKey)) {
    throw wrongKey(`the new key is ${idOf(newKey)}, but the plan was made for ${idOf(plan.newKey)}`, plan);
  }
}

function isSame(planned: KeyName | null, given: KeyName | null): boolean {
  return planned?.checkValue === given?.checkValue;
}

function idOf(key: KeyName | null): string {
  return key?.id ?? 'none';
}

function checkIdentity(planned: DatabaseIdentity, actual: DatabaseIdentity): void {
  const isElsewhere =
    planned.kind !== actual.kind || (planned.kind === 'sqlite' && planned.location !== actual.location);
  if (isElsewhere) {
    throw stale(`it was made for the database "${planned.location}", this one is "${actual.location}"`);
  }
  if (databaseIdOf(planned) !== databaseIdOf(actual)) {
    throw stale(`"${actual.location}" is not the database it was made for: it was replaced since`);
  }
}

/** What a database is known by wherever it is: the file, or the server together with its number on it. */
function databaseIdOf(identity: DatabaseIdentity): string {
  return identity.kind === 'sqlite'
    ? identity.fileId
    : `${identity.systemIdentifier}/${identity.databaseOid}`;
}

function whyStale(target: PlannedTarget, actual: TableDescription | undefined): string | undefined {
  const gone = whyGone(target, actual);
  if (gone !== undefined || actual === undefined) return gone;
  return actual.fingerprint === target.fingerprint ? undefined : hasChanged(renderColumnName(target));
}

function whyGone(target: PlannedTarget, actual: TableDescription | undefined): string | undefined {
  if (actual === undefined) return `table ${renderColumnName(target)} is gone`;
  const gone = target.columns.find(({ name }) => !actual.columns.some((one) => one.name === name));
  return gone && `column ${renderColumnName({ ...target, column: gone.name })} is gone`;
}

function hasChanged(table: string): string {
  return `the columns, keys or triggers of table ${table} have changed`;
}

/** A trigger that a run would fire, and that the file says nothing of, so that nobody would be asked about it. */
function findUnnamedTrigger(
  { obstacles }: Plan,
  { table, columns }: PlannedTarget,
  actual: TableDescription | undefined,
): string | undefined {
  const names = columns.map(({ name }) => name);
  const fired = actual === undefined ? [] : triggerObstacles(actual, names);
  const unnamed = fired.find(
    ({ trigger }) => !obstacles.some((known) => known.table === table && known.trigger === trigger),
  );
  return (
    unnamed &&
    `it leaves out that trigger "${unnamed.trigger}" of table ${renderColumnName({ table })} would fire`
  );
}

function wrongKey(message: string, plan: Plan): KeyturnError {
  const flags = (['old', 'new'] as const).flatMap((role) => {
    const key = role === 'old' ? plan.oldKey : plan.newKey;
    return key === null ? [] : [`--${role}-key ${shellWord(key.reference ?? 'REFERENCE')}`];
  });
  return new KeyturnError({
    code: 'KT_WRONG_KEY',
    reason: 'wrongKey',
    message,
    hints: [
      `give the keys the plan was made for: ${flags.join(' ')}`,
      'make a plan for these keys: keyturn plan --output plan.json --overwrite',
    ],
  });
}

const makeAnother = ['keyturn plan --output plan.json --overwrite'];

function stale(why: string, hints: readonly string[] = makeAnother): KeyturnError {
  return new KeyturnError({
    code: 'KT_STALE_PLAN',
    reason: 'stalePlan',
    message: `the plan does not fit any more: ${why}`,
    hints,
  });
}
