import type { TargetDatabase } from '../../databases/target-database.ts';
import { everyFormat, formatNamed } from '../../formats/format-named.ts';
import { parseKeyReference } from '../../keys/key-reference.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import type { ColumnState, FormatName } from '../../model/columns/column-state.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { isUnfinished } from '../../model/migrations/migration-state.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { detectFormats, type DetectedFormat } from '../../planning/inspection/detect-formats.ts';
import type { ColumnFilter } from '../../planning/inspection/select-columns.ts';
import { withReadOnlyDatabase } from '../database/open-database.ts';

/** What a rotation's cells look like before and after it. */
export interface RotationFormats {
  readonly from: FormatName;
  readonly to: FormatName;
}

/** The same of any plan; `null`: plaintext. */
type PlannedFormats = { readonly [State in keyof RotationFormats]: FormatName | null };

/** What is known of a rotation before its keys are read. */
export interface FormatOptions {
  /** As the operator named it; undefined: to be found out. */
  readonly format: string | undefined;
  /** As the operator named it; undefined: the same as the source. */
  readonly toFormat: string | undefined;
  readonly oldKey: string;
  readonly newKey: string;
  readonly filter: ColumnFilter;
}

/** Where nothing looks encrypted at all; the plan then says so. */
const commonFormat = 'fernet';

/**
 * Decides about the formats of a rotation. A source that is not named is that of the same rotation in the ledger,
 * else the one format that cells of the database look like; where bytes alone do not tell, throws and lists what
 * they could be (exit 2).
 */
export async function chooseFormats(
  location: DatabaseLocation,
  options: FormatOptions,
): Promise<RotationFormats> {
  const to = options.toFormat === undefined ? undefined : formatNamed(options.toFormat).name;
  if (options.format !== undefined) {
    const from = formatNamed(options.format).name;
    return { from, to: to ?? from };
  }
  return withReadOnlyDatabase(location, async (database) => {
    const [latest] = await database.ledger.listMigrations();
    const recorded = latest && rotationFormatsOf(latest.plan);
    if (recorded && isSame(latest, recorded, { ...options, to }))
      return { ...recorded, to: to ?? recorded.to };
    const from = await detectFormat(database, options.filter);
    return { from, to: to ?? from };
  });
}

/** The format that the cells of some columns look like; what the ledger has recorded decides where bytes alone do not. */
export async function detectFormat(
  database: TargetDatabase,
  filter: ColumnFilter = { tables: [], columns: [], exclude: [] },
): Promise<FormatName> {
  const migrations = await database.ledger.listMigrations();
  const recorded = recordedFormats(migrations);
  return chooseDetected(await detectFormats(database, everyFormat(), filter), {
    recorded,
    latest: migrations[0] && formatsOfPlan(migrations[0].plan).to,
  });
}

/** What the cells of a recorded or written plan look like before and after it; `null`: plaintext. */
export function formatsOfPlan({ targets }: Plan): PlannedFormats {
  const column = targets[0]?.columns[0];
  if (!column) throw new Error('a plan without a column cannot be run');
  return { from: formatName(column.from), to: formatName(column.to) };
}

/** The formats of a plan that takes cells from one key to another; undefined for any other. */
export function rotationFormatsOf(plan: Plan): RotationFormats | undefined {
  const { from, to } = formatsOfPlan(plan);
  return from === null || to === null ? undefined : { from, to };
}

function formatName(state: ColumnState): FormatName | null {
  return state.kind === 'encrypted' ? formatNamed(state.format).name : null;
}

/** Tells whether a recorded migration is the requested rotation, unfinished or finished. */
function isSame(
  { plan, state }: MigrationRecord,
  recorded: RotationFormats,
  { oldKey, newKey, to }: FormatOptions & { readonly to: FormatName | undefined },
): boolean {
  if (state === 'cancelled' || (to !== undefined && to !== recorded.to)) return false;
  const stored = [parseKeyReference(oldKey, 'old').stored, parseKeyReference(newKey, 'new').stored];
  return (
    isUnfinished(state) || (stored[0] === plan.oldKey?.reference && stored[1] === plan.newKey?.reference)
  );
}

/** Formats that migrations have led to, the latest first. */
interface RecordedFormats {
  readonly recorded: readonly FormatName[];
  /** That of the latest migration; `null` where it led to plaintext. */
  readonly latest: FormatName | null | undefined;
}

function chooseDetected(
  detected: readonly DetectedFormat[],
  { recorded, latest }: RecordedFormats,
): FormatName {
  const certain = detected.filter(({ format }) => format.detection === 'by content');
  const [first, ...others] = certain.length > 0 ? certain : detected;
  if (first === undefined) return commonFormat;
  if (certain.length === 1) return nameInFull(first.format, recorded);
  const known = [first, ...others].find(({ format }) => format.name === latest);
  if (known) return known.format.name;
  throw undecided([first, ...others]);
}

/** The formats that migrations have led to, the latest first. */
export function recordedFormats(migrations: readonly MigrationRecord[]): readonly FormatName[] {
  return migrations.flatMap(({ plan }) => formatsOfPlan(plan).to ?? []);
}

/** The name of a format that cells look like: what they are bound to no byte tells, so the ledger's word counts. */
export function nameInFull({ name }: DetectedFormat['format'], recorded: readonly FormatName[]): FormatName {
  return recorded.find((one) => familyOf(one) === familyOf(name)) ?? name;
}

/** The name of a format without its options. */
export function familyOf(name: FormatName): string {
  return name.split(':')[0] ?? name;
}

function undecided(candidates: readonly DetectedFormat[]): KeyturnError {
  const list = candidates.map(
    ({ format, columns }) => `${format.name} (${columns.map(renderColumnName).join(', ')})`,
  );
  const isGuess = candidates.some(({ format }) => format.detection === 'by key');
  return new KeyturnError({
    code: 'KT_FORMAT_UNCERTAIN',
    reason: 'usage',
    message: `what the cells look like cannot be told from their bytes alone: they could be ${list.join('; ')}`,
    hints: [
      ...candidates.map(({ format }) => `--format ${format.name}`),
      ...(isGuess
        ? ['try them with keyturn plan, which changes nothing: with the right one the old key opens cells']
        : []),
    ],
  });
}
