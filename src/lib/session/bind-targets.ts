import type { TargetDatabase } from '../databases/target-database.ts';
import type { RunningTarget } from '../engine/migration-run.ts';
import type { Leftover } from '../engine/run-end.ts';
import { createTranscoder } from '../engine/transcoder.ts';
import type { CellCipher, CellFormat } from '../formats/cell-format.ts';
import { formats } from '../formats/registry.ts';
import type { SecretKey } from '../keys/secret-key.ts';
import type { ColumnState } from '../model/column-state.ts';
import type { MigrationRecord } from '../model/migration-record.ts';
import type { Plan, PlannedColumn, PlannedTarget } from '../model/plan.ts';
import { censusTargetsOf } from '../planning/census.ts';
import { findCellsUnder } from '../planning/find-cells-under.ts';

/** Both keys of a migration. */
export interface KeyPair {
  readonly old: SecretKey;
  readonly new: SecretKey;
}

/** Gives every target of a migration its table and its ciphers. */
export function bindTargets(
  database: TargetDatabase,
  migration: MigrationRecord,
  keys: KeyPair,
): readonly RunningTarget[] {
  const oldCipher = bindOnce(keys.old);
  const newCipher = bindOnce(keys.new);
  return migration.plan.targets.map((planned, index) => {
    const record = migration.targets[index];
    if (record?.table !== planned.table)
      throw new Error(`the ledger does not list target "${planned.table}"`);
    const columns = planned.columns.map((column) => ({
      format: formatOf(column.from),
      old: oldCipher(formatOf(column.from)),
      new: newCipher(formatOf(column.to)),
      timestamps: migration.plan.timestamps,
      unrecognised: column.unrecognised,
    }));
    return {
      id: record.id,
      record,
      planned,
      table: database.openTable(planned.table, columnNames(planned)),
      transcoder: createTranscoder(columns),
    };
  });
}

/** Looks for cells under the old key in every column outside the plan. */
export async function takeCensus(
  database: TargetDatabase,
  plan: Plan,
  { keys, stop }: { readonly keys: KeyPair; readonly stop: AbortSignal },
): Promise<readonly Leftover[] | 'stopped'> {
  const sourceFormats = new Set(
    plan.targets.flatMap(({ columns }) => columns.map(({ from }) => formatOf(from))),
  );
  const found: Leftover[] = [];
  try {
    for (const format of sourceFormats) {
      const search = { shape: format.candidate, cipher: format.bind(keys.old), signal: stop };
      found.push(...(await findCellsUnder(database, censusTargetsOf(plan), search)));
    }
    return found;
  } catch (error) {
    if (stop.aborted) return 'stopped';
    throw error;
  }
}

function columnNames({ columns }: PlannedTarget): readonly string[] {
  return columns.map((column: PlannedColumn) => column.name);
}

function formatOf(state: ColumnState): CellFormat {
  if (state.kind === 'encrypted') return formats[state.format];
  throw new Error('a plaintext column has no cell format');
}

/** Binds a key to each format once: binding prepares everything that depends on the key. */
function bindOnce(key: SecretKey): (format: CellFormat) => CellCipher {
  const bound = new Map<CellFormat, CellCipher>();
  return (format) => {
    const cipher = bound.get(format) ?? format.bind(key);
    bound.set(format, cipher);
    return cipher;
  };
}
