import { renderColumnName } from '../../model/columns/column-name.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { censusTargetsOf, type CensusTarget } from '../../planning/census/census.ts';

/**
 * The columns in which no value is to be plaintext, as `TABLE.COLUMN`: migrations have encrypted them, and none has decrypted
 * them since, nor was told to leave alone what is no cell. Of those that have not succeeded, only the latest counts.
 */
export function encryptedColumns(migrations: readonly MigrationRecord[]): ReadonlySet<string> {
  const names = new Set<string>();
  const counting = migrations.filter(({ state }, index) => index === 0 || state === 'succeeded');
  for (const { plan } of counting.toReversed()) {
    if (plan.kind === 'encrypt') namesOf(censusTargetsOf(plan)).forEach((name) => names.add(name));
    else namesOf(plaintextIn(plan)).forEach((name) => names.delete(name));
  }
  return names;
}

/** Columns that may hold plaintext by the will of a plan. */
function plaintextIn({ targets }: Plan): readonly CensusTarget[] {
  return targets.map(({ table, columns }) => ({
    table,
    columns: columns
      .filter(({ to, unrecognised }) => to.kind === 'plaintext' || unrecognised === 'leave')
      .map(({ name }) => name),
  }));
}

function namesOf(targets: readonly CensusTarget[]): readonly string[] {
  return targets.flatMap(({ table, columns }) =>
    columns.map((column) => renderColumnName({ table, column })),
  );
}
