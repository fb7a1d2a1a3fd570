import { dirname, resolve } from 'node:path';
import { composeConfiguration } from '../../configuration/compose-configuration.ts';
import { createConfiguration } from '../../configuration/create-configuration.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import { everyFormat } from '../../formats/format-named.ts';
import { parseKeyReference } from '../../keys/key-reference.ts';
import { recordedReference } from '../../keys/recorded-reference.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import type { ExposedColumn } from '../../model/columns/exposed-column.ts';
import { sensitivities } from '../../model/columns/field-type.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { detectFormats } from '../../planning/inspection/detect-formats.ts';
import { withReadOnlyDatabase } from '../database/open-database.ts';
import { nameInFull, recordedFormats } from '../formats/choose-formats.ts';
import { findEncryptionWays } from './find-encryption-ways.ts';
import { scanDatabase } from './scan-database.ts';

/** What to write a configuration from. */
export interface InitRequest {
  readonly location: DatabaseLocation;
  /** The database as the file names it. */
  readonly url: string;
  readonly oldKey: string | undefined;
  readonly newKey: string | undefined;
  readonly output: string;
  /** Whether plaintext that should be encrypted is looked for, too. */
  readonly looksFor: 'cells' | 'cells and plaintext';
}

/** What was found, and where it was written. */
export interface WrittenConfiguration {
  /** Absolute. */
  readonly path: string;
  readonly oldKey: string | null;
  readonly newKey: string | null;
  /** Encrypted columns by format. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** Columns with personal data or secrets in plaintext, the most harmful first. */
  readonly exposed: readonly ExposedColumn[];
}

/**
 * Writes a configuration from what the database shows: the formats of its cells, its encrypted columns, and where the
 * last migration's new key is, which is the old key of the next one. A key itself is refused, and nothing overwritten.
 */
export async function initConfiguration(request: InitRequest): Promise<WrittenConfiguration> {
  const path = resolve(request.output);
  const isElsewhere = dirname(path) !== process.cwd();
  const [given, newKey] = [request.oldKey, request.newKey].map((text) => placeOf(text, isElsewhere));
  const { columns, keyOfCells } = await withReadOnlyDatabase(request.location, look);
  const oldKey = given ?? keyOfCells;
  const { location, url } = request;
  const [format, ...otherFormats] = Object.keys(columns);
  const exposed =
    request.looksFor === 'cells'
      ? []
      : await findEncryptionWays(await findExposed(location), {
          location,
          format: otherFormats.length === 0 ? format : undefined,
        });
  const database = isElsewhere && location.kind === 'sqlite' ? `sqlite:${resolve(location.path)}` : url;
  await createConfiguration(path, composeConfiguration({ database, oldKey, newKey, columns, exposed }));
  return { path, oldKey: oldKey ?? null, newKey: newKey ?? null, columns, exposed };
}

async function findExposed(location: DatabaseLocation): Promise<readonly Omit<ExposedColumn, 'obstacle'>[]> {
  const { columns } = await scanDatabase(location, { tables: [], columns: [], exclude: [] });
  const exposed = columns.flatMap(({ finding, encryption, ...place }) => {
    if (finding.kind !== 'plaintext') return [];
    const { finds, fieldType } = finding.detector;
    const sensitivity = sensitivities[fieldType];
    return [{ name: renderColumnName(place), looksLike: finds, fieldType, sensitivity, encryption }];
  });
  const ranks = ['high', 'medium', 'low'];
  return [...exposed].sort((one, other) => ranks.indexOf(one.sensitivity) - ranks.indexOf(other.sensitivity));
}

interface Sight {
  readonly columns: WrittenConfiguration['columns'];
  readonly keyOfCells: string | undefined;
}

async function look(database: TargetDatabase): Promise<Sight> {
  const found = await detectFormats(database, everyFormat(), { tables: [], columns: [], exclude: [] });
  const telling = found.filter(({ format }) => format.detection === 'by content');
  const migrations = await database.ledger.listMigrations();
  const recorded = recordedFormats(migrations);
  const isCertain = telling.length > 0;
  const columns = (isCertain ? telling : found).map(
    ({ format, columns: names }) =>
      [
        isCertain ? nameInFull(format, recorded) : format.name,
        names.map(({ table, column }) => `${table}.${column}`),
      ] as const,
  );
  const last = migrations.find(({ state }) => state === 'succeeded');
  return {
    columns: Object.fromEntries(columns),
    keyOfCells: last?.plan.newKey ? recordedReference(last.plan.newKey) : undefined,
  };
}

/** A reference as the file holds it. What is a key itself does not belong into a file that is copied and committed. */
function placeOf(text: string | undefined, isElsewhere: boolean): string | undefined {
  if (text === undefined) return undefined;
  const { scheme, stored } = parseKeyReference(text, 'key');
  if (scheme !== 'literal') return isElsewhere ? (stored ?? text) : text;
  throw new KeyturnError({
    code: 'KT_KEY_LITERAL',
    reason: 'usage',
    message: 'a key itself is never written into a configuration',
    hints: ['put it into a file of its own and write file:PATH'],
  });
}
