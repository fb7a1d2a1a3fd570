import { randomBytes } from 'node:crypto';
import { encodeKeyText } from '../../keys/material/key-text.ts';
import type { EncryptionWay, FoundWay } from '../../model/columns/exposed-column.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { exitCodes } from '../../model/exit-codes.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { planEncryption } from '../preparation/prepare-encryption.ts';
import { refuseObstacles } from '../preparation/refuse-foreign-keys.ts';

/** A column that somebody has found, and how its type lets it be encrypted. */
interface Candidate {
  /** As `--column` takes it. */
  readonly name: string;
  readonly encryption: EncryptionWay;
}

/** Where the columns are, and the format that the encryption will have; undefined: the usual one. */
interface Surroundings {
  readonly location: DatabaseLocation;
  readonly format: string | undefined;
}

/** One way to encrypt columns. */
interface Attempt extends Surroundings {
  readonly way: EncryptionWay;
  /** Where the cells go; undefined: each value's where it stands. */
  readonly into?: string;
  /** Whether it is worth to try with a column that was refused before, or not yet. */
  readonly suits: (column: Candidate, refusal: KeyturnError | undefined) => boolean;
}

/** A column that cannot be encrypted in some way, and why. */
interface Refusal {
  readonly name: string;
  readonly error: KeyturnError;
}

/**
 * Corrects how each column can be encrypted by what plans say, which know of lengths, checks and foreign keys. They are made under a key
 * that is thrown away; nothing is written.
 */
export async function findEncryptionWays<Column extends Candidate>(
  columns: readonly Column[],
  surroundings: Surroundings,
): Promise<readonly (Column & FoundWay)[]> {
  const found = new Map<string, EncryptionWay>();
  const obstacles = new Map<string, KeyturnError>();
  for (const attempt of attemptsIn(surroundings)) {
    const left = columns.filter(({ name }) => !found.has(name));
    const tried = left.filter((column) => attempt.suits(column, obstacles.get(column.name)));
    const refusals = await refusalsOf(tried, attempt);
    for (const { name } of tried)
      if (!refusals.some((refusal) => refusal.name === name)) found.set(name, attempt.way);
    // The first reason is the one against what comes most naturally.
    for (const { name, error } of refusals) if (!obstacles.has(name)) obstacles.set(name, error);
  }
  return columns.map((column) => ({
    ...column,
    encryption: found.get(column.name) ?? 'none',
    obstacle: obstacles.get(column.name)?.message ?? null,
  }));
}

/** The most natural way first. */
function attemptsIn(surroundings: Surroundings): readonly Attempt[] {
  return [
    { ...surroundings, way: 'in place', suits: ({ encryption }) => encryption === 'in place' },
    {
      ...surroundings,
      way: 'bound to its column',
      format: 'tink-xaes:bind=column',
      suits: (_, refusal) => refusal?.code === 'KT_NO_ROW_KEY',
    },
    { ...surroundings, way: 'into another column', into: '{column}_encrypted', suits: () => true },
  ];
}

/** Which of them a plan refuses: mostly none, so that one for all tells; else each half is asked about by itself. */
async function refusalsOf(columns: readonly Candidate[], attempt: Attempt): Promise<readonly Refusal[]> {
  const [column, another] = columns;
  const error = column && (await refusalOf(columns, attempt));
  if (!error) return [];
  if (!another) return [{ name: column.name, error }];
  const middle = Math.ceil(columns.length / 2);
  return [
    ...(await refusalsOf(columns.slice(0, middle), attempt)),
    ...(await refusalsOf(columns.slice(middle), attempt)),
  ];
}

async function refusalOf(
  columns: readonly Candidate[],
  { location, format, into }: Attempt,
): Promise<KeyturnError | undefined> {
  try {
    const { outcome } = await planEncryption(location, {
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
    refuseObstacles(outcome.foreignKeys ?? []);
    return undefined;
  } catch (error) {
    if (error instanceof KeyturnError && error.exitCode === exitCodes.usage) return error;
    throw error;
  }
}
