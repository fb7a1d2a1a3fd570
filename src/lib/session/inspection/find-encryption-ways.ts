import { randomBytes } from 'node:crypto';
import { encodeKeyText } from '../../keys/material/key-text.ts';
import type { ExposedColumn } from '../../model/columns/exposed-column.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { exitCodes } from '../../model/exit-codes.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { planEncryption } from '../preparation/prepare-encryption.ts';

/** How columns are to be encrypted that somebody has found. */
interface Attempt {
  readonly location: DatabaseLocation;
  /** The format that the configuration will name; undefined: the usual one. */
  readonly format: string | undefined;
  /** Where the cells go; undefined: each value's where it stands. */
  readonly into: string | undefined;
}

/** What `keyturn encrypt --into` is advised to be given. */
const columnBeside = '{column}_encrypted';

/**
 * Corrects how each column can be encrypted by what plans say, which know of lengths, checks and foreign keys. They are made under a key
 * that is thrown away; nothing is written.
 */
export async function findEncryptionWays(
  columns: readonly ExposedColumn[],
  where: Pick<Attempt, 'location' | 'format'>,
): Promise<readonly ExposedColumn[]> {
  const fitting = columns.filter(({ encryption }) => encryption === 'in place');
  const inPlace = await acceptedOf(fitting, { ...where, into: undefined });
  const others = columns.filter((column) => !inPlace.includes(column));
  const beside = await acceptedOf(others, { ...where, into: columnBeside });
  return columns.map((column) => {
    if (inPlace.includes(column)) return { ...column, encryption: 'in place' };
    return { ...column, encryption: beside.includes(column) ? 'into another column' : 'none' };
  });
}

/** Those that a plan takes: mostly all of them at once; where that is refused, each is asked for by itself. */
async function acceptedOf(
  columns: readonly ExposedColumn[],
  attempt: Attempt,
): Promise<readonly ExposedColumn[]> {
  if (columns.length === 0 || (await isPlanned(columns, attempt))) return columns;
  if (columns.length === 1) return [];
  const accepted: ExposedColumn[] = [];
  for (const column of columns) if (await isPlanned([column], attempt)) accepted.push(column);
  return accepted;
}

async function isPlanned(
  columns: readonly ExposedColumn[],
  { location, format, into }: Attempt,
): Promise<boolean> {
  try {
    await planEncryption(location, {
      kind: 'encrypt',
      madeBy: '',
      key: encodeKeyText(randomBytes(32)),
      columns: columns.map(({ name }) => name),
      format,
      into,
      empty: 'keep',
      assumedPlaintext: [],
      fieldTypes: [],
      blindIndexes: [],
      indexKey: undefined,
    });
    return true;
  } catch (error) {
    if (error instanceof KeyturnError && error.exitCode === exitCodes.usage) return false;
    throw error;
  }
}
