import { sensitivities } from '../../model/columns/field-type.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { waysOnwards, type WayOnwards } from '../../model/migrations/ways-onwards.ts';
import type { Plan } from '../../model/plans/plan.ts';
import type { RunLease } from '../../model/runs/run-owner.ts';
import type { MigrationIndex } from '../../session/inspection/index-states.ts';
import type { MigrationStatus } from '../../session/inspection/read-status.ts';
import type { MigrationIndexResult } from '../results/described-index.ts';
import type { StatusResult } from '../results/status-result.ts';
import { describeGuard } from './describe-guards.ts';
import { keyFlagsOf, nextCommand } from './next-command.ts';

/** A migration's status as it is printed. */
export function describeStatus(status: MigrationStatus, location: DatabaseLocation): StatusResult {
  const { migration, state, pace } = status;
  const rows = rowsOf(status);
  const isRunning = state === 'running' || state === 'verifying' || state === 'finalizing';
  const rowsPerSecond =
    isRunning && pace.milliseconds > 0 ? Math.round((pace.rows * 1000) / pace.milliseconds) : null;
  const left = Math.max(rows.estimated - rows.done, 0);
  return {
    migration: migration.id,
    kind: migration.reverses === null ? migration.plan.kind : 'rollback',
    state,
    database: status.database,
    oldKeyId: migration.plan.oldKey?.id ?? null,
    newKeyId: migration.plan.newKey?.id ?? null,
    rows,
    cells: status.cells,
    rowsPerSecond,
    secondsLeft: rowsPerSecond === null || rowsPerSecond === 0 ? null : Math.ceil(left / rowsPerSecond),
    // What it waited for before it was paused does not hold it up any more.
    throttle: state === 'paused' ? null : (status.lease?.throttle ?? null),
    limits: migration.orders.limits,
    issues: status.issues,
    keptCells: status.keptCells,
    copies: status.copies,
    scrub: migration.scrub,
    scrubbedAt: migration.scrubbedAt,
    guards: status.guards.map(describeGuard),
    plaintextWriters: status.plaintextWriters,
    startedAt: migration.startedAt,
    finishedAt: migration.finishedAt,
    runningMilliseconds: migration.runningMilliseconds,
    failure: migration.failure,
    fields: fieldsOf(migration.plan),
    indexes: status.indexes.map(describeIndex),
    desired: migration.orders.desired,
    desiredBy: migration.orders.by,
    heldBy: holderOf(status),
    runs: status.runs.map(({ lease, rows }) => ({
      process: processOf(lease),
      rows,
      throttle: lease.throttle,
    })),
    next: nextSteps(status).map((one) => renderStep(one, migration.plan, location)),
  };
}

/** The columns of which the plan says what they hold. */
function fieldsOf({ targets }: Plan): StatusResult['fields'] {
  return targets.flatMap(({ table, columns }) =>
    columns.flatMap(({ name, fieldType }) =>
      fieldType === undefined
        ? []
        : [{ table, column: name, fieldType, sensitivity: sensitivities[fieldType] }],
    ),
  );
}

function describeIndex({
  table,
  cells,
  column,
  normaliser,
  version,
  bits,
  keyId,
  uniqueness,
  state,
}: MigrationIndex): MigrationIndexResult {
  return { table, cells, column, normaliser, version, bits, keyId, uniqueness, state };
}

/** The process that works on a migration, in words. */
function holderOf({ lease }: MigrationStatus): string | null {
  return lease && processOf(lease);
}

function processOf({ owner }: RunLease): string {
  return `process ${owner.processId} on ${owner.host}`;
}

/** Rows of the current pass; a target that has not begun it counts with its estimate. */
function rowsOf({ targets }: MigrationStatus): StatusResult['rows'] {
  const pass = Math.max(...targets.map((target) => target.pass));
  const rows = targets.map((target) => {
    const done = target.pass < pass ? 0 : target.rowsDone;
    const isDone = target.pass === pass && target.passState === 'done';
    return { done, estimated: isDone ? done : Math.max(target.rowsEstimated, done) };
  });
  return {
    done: rows.reduce((sum, { done }) => sum + done, 0),
    estimated: rows.reduce((sum, { estimated }) => sum + estimated, 0),
  };
}

function nextSteps(status: MigrationStatus): readonly WayOnwards[] {
  const steps = stepsAfter(status);
  return status.issues.length === 0 ? steps : [step(`issues list ${status.migration.id}`), ...steps];
}

function step(command: string): WayOnwards {
  return { command, keys: 'known' };
}

/** A step as it can be pasted. */
function renderStep({ command, comment, keys }: WayOnwards, plan: Plan, location: DatabaseLocation): string {
  const flags = keys === 'named' ? ` ${keyFlagsOf(plan)}` : '';
  return `${nextCommand(command, location)}${flags}${comment === undefined ? '' : `   # ${comment}`}`;
}

function stepsAfter({ state, migration, lease, cells }: MigrationStatus): readonly WayOnwards[] {
  switch (state) {
    case 'running':
    case 'verifying':
    case 'finalizing':
      return ['status --watch', 'pause'].map(step);
    case 'paused':
      return (lease === null ? ['resume', 'execute', `rollback ${migration.id}`] : ['resume', 'cancel']).map(
        step,
      );
    case 'planned':
      return [...(lease === null ? waysOnwards(migration) : [step('status --watch')]), step('cancel')];
    case 'interrupted':
    case 'failed':
      return [...waysOnwards(migration), step(`rollback ${migration.id}`)];
    case 'ready':
      return ['finalize', 'execute', `rollback ${migration.id}`].map(step);
    case 'succeeded':
      if (lease !== null) return [step('status --watch')];
      return [...(migration.scrubbedAt === null ? ['scrub'] : []), 'verify', `rollback ${migration.id}`].map(
        step,
      );
    case 'cancelled':
      return (cells.rewritten > 0 ? [`rollback ${migration.id}`, 'plan'] : ['plan']).map(step);
  }
}
