import type Database from 'better-sqlite3';
import type { CellReplacements, ReplacementOutcome } from '../../../model/cells/row-batch.ts';
import type { StoredValue } from '../../../model/cells/stored-value.ts';
import type { OpenedColumn } from '../../../model/columns/opened-column.ts';
import { balancedExpression } from '../balanced-expression.ts';
import { forgetMark } from '../columns/mark-key.ts';
import type { SqliteConnection } from '../connection/connection.ts';
import { isRefusal } from '../connection/errors.ts';
import type { ExactStatement } from '../connection/statements.ts';
import { writableAddressingOf } from '../reading/addressing.ts';
import { createKeyCheck } from '../reading/key-check.ts';
import type { KeyCondition } from '../reading/key-order.ts';
import { selectedColumn, storedName } from '../reading/opened-columns.ts';
import { firesTriggers, readShape, tableName, type TableShape } from '../schema/schema.ts';

/** Replaces cells row by row, inside the transaction that is open on the connection. */
export interface CellWriter {
  replaceCells(replacements: CellReplacements): ReplacementOutcome;
}

/** The outcome for one row; the names of ReplacementOutcome. */
type RowFate = keyof ReplacementOutcome;

/** The statements for rows that change and compare the same columns, expected in the same storage classes. */
interface RowStatements {
  readonly update: ExactStatement;
  /** Selects whether an existing row still is what was expected. */
  readonly compare: ExactStatement;
  /** Selects what an existing row holds where something was written. */
  readonly stored: ExactStatement;
  /** Selects what an existing row holds where something was expected. */
  readonly current: ExactStatement;
  /** Forget who has written the row last, where that is settled now. */
  readonly forgets: readonly ExactStatement[];
}

/** Opens some columns of a table for writing. */
export function openCellWriter(
  connection: SqliteConnection,
  table: string,
  columns: readonly OpenedColumn[],
): CellWriter {
  const shape = readShape(connection.database, table);
  const addressing = writableAddressingOf(connection.database, shape);
  const keepsKey = createKeyCheck(connection, shape);
  const write = firesTriggers(connection.database, table)
    ? createProvenUpdate(connection.database)
    : (update: RowUpdate) => update.run();
  const statementsFor = createRowStatements(connection, shape, columns);

  function replaceRow(replacements: CellReplacements, row: number): RowFate | 'untouched' {
    const { signature, expected, fresh } = changeOf(replacements, columns, row);
    const key = replacements.batch.keys[row];
    if (fresh.length === 0 || key === undefined) return 'untouched';
    const address = addressing.condition('=', key);
    const statements = statementsFor(signature, address);
    if (!keepsKey(replacements.batch, row, address)) return 'changed';
    try {
      const written = write({
        // Spreading three lists into the call instead took the compiler longer than several chunks take to write.
        run: () => statements.update.run(fresh.concat(address.parameters, expected)).changes > 0,
        isWhatWasWritten: () => isStored(statements.stored.get(address.parameters), fresh),
      });
      if (!written) return whyNotWritten(statements, address, expected);
    } catch (error) {
      if (isRefusal(error) && connection.database.inTransaction) return 'refused';
      throw error;
    }
    for (const forget of statements.forgets) forget.run(address.parameters);
    return 'written';
  }

  return {
    replaceCells(replacements) {
      const rows: Record<RowFate, number[]> = { written: [], changed: [], vanished: [], refused: [] };
      for (let row = 0; row < replacements.batch.keys.length; row += 1) {
        const fate = replaceRow(replacements, row);
        if (fate !== 'untouched') rows[fate].push(row);
      }
      return rows;
    },
  };
}

/** The update of one row; each tells whether it is so. */
interface RowUpdate {
  run(): boolean;
  isWhatWasWritten(): boolean;
}

/**
 * Where triggers fire: takes the update of a row back in which one of them has put something else in place of a new cell,
 * because no key may open that. A row that is gone then, or has another key, is the trigger's business.
 */
function createProvenUpdate(database: Database.Database): (update: RowUpdate) => boolean {
  return (update) => {
    database.exec('SAVEPOINT keyturn_row');
    let isKept = true;
    try {
      const isWritten = update.run();
      isKept = !isWritten || update.isWhatWasWritten();
      return isWritten && isKept;
    } finally {
      // A trigger may have rolled the whole transaction back.
      const end = isKept ? 'RELEASE keyturn_row' : 'ROLLBACK TO keyturn_row; RELEASE keyturn_row';
      if (database.inTransaction) database.exec(end);
    }
  };
}

function isStored(stored: unknown, fresh: readonly StoredValue[]): boolean {
  if (stored === undefined) return true;
  return (stored as readonly StoredValue[]).every((value, index) => isSame(value, fresh[index]));
}

/** What is the matter with a row that no update has changed. */
function whyNotWritten(
  { compare, current }: RowStatements,
  { parameters }: KeyCondition,
  expected: readonly StoredValue[],
): RowFate {
  const found = compare.get(expected.concat(parameters)) as readonly [bigint] | undefined;
  if (found === undefined) return 'vanished';
  // Still what was read, and yet not updated: a trigger swallowed the change.
  if (found[0] === 1n) return 'refused';
  // It reads the same and is something else: bytes that are no text in UTF-8 do not come out as they are.
  const now = current.get(parameters) as readonly StoredValue[] | undefined;
  return expected.every((value, index) => isSame(value, now?.[index])) ? 'refused' : 'changed';
}

function isSame(one: StoredValue, other: StoredValue | undefined): boolean {
  return one instanceof Uint8Array && other instanceof Uint8Array
    ? Buffer.from(one).equals(other)
    : one === other;
}

/** What `typeof` says in SQL, by the letters of a signature; a capital stands for a cell that is compared, but stays. */
const storageClasses: Readonly<Record<string, string>> = {
  t: 'text',
  b: 'blob',
  i: 'integer',
  r: 'real',
  n: 'null',
};

function letterOf(value: StoredValue): string {
  if (value === null) return 'n';
  if (typeof value === 'string') return 't';
  if (typeof value === 'bigint') return 'i';
  return typeof value === 'number' ? 'r' : 'b';
}

/** Prepares the statements for each way in which rows change, once. */
function createRowStatements(
  connection: SqliteConnection,
  shape: TableShape,
  columns: readonly OpenedColumn[],
): (signature: string, address: KeyCondition) => RowStatements {
  const prepared = new Map<string, RowStatements>();
  return (signature, address) => {
    const cacheKey = signature + address.sql;
    const statements =
      prepared.get(cacheKey) ?? prepareRow(connection, shape, { columns, signature, address });
    prepared.set(cacheKey, statements);
    return statements;
  };
}

/** One way in which rows change. */
interface RowChange {
  readonly columns: readonly OpenedColumn[];
  readonly signature: string;
  readonly address: KeyCondition;
}

function prepareRow(
  { statements }: SqliteConnection,
  shape: TableShape,
  { columns, signature, address }: RowChange,
): RowStatements {
  const target = tableName(shape);
  const compared = columns.flatMap((column, index) => {
    const letter = signature[index] ?? '-';
    const storageClass = storageClasses[letter.toLowerCase()];
    if (storageClass === undefined) return [];
    return [{ column, name: selectedColumn(shape, column), storageClass, changes: letter > 'Z' }];
  });
  const changed = compared.filter(({ changes }) => changes).map(({ column }) => column);
  const names = changed.flatMap((column) => storedName(column) ?? []);
  const unchanged = balancedExpression(
    compared.map(
      ({ name, storageClass }) => `(${name} IS ? COLLATE BINARY AND typeof(${name}) = '${storageClass}')`,
    ),
    'AND',
  );
  const pairs = changed.flatMap((column) =>
    typeof column === 'object' && column.kind === 'side' ? [column.pairId] : [],
  );
  return {
    update: statements.prepare(
      `UPDATE ${target} SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE ${address.sql} AND ${unchanged}`,
    ),
    stored: statements.prepare(
      `SELECT ${names.length === 0 ? 'NULL' : names.join(', ')} FROM ${target} WHERE ${address.sql}`,
    ),
    current: statements.prepare(
      `SELECT ${compared.map(({ name }) => name).join(', ')} FROM ${target} WHERE ${address.sql}`,
    ),
    compare: statements.prepare(`SELECT ${unchanged} FROM ${target} WHERE ${address.sql}`),
    forgets: pairs.map((pairId) => statements.prepare(forgetMark(shape, pairId, address.sql))),
  };
}

/** The cells of one row that change or are compared; in `signature`, each column has a letter for its class, or a dash. */
function changeOf(
  replacements: CellReplacements,
  columns: readonly OpenedColumn[],
  row: number,
): {
  readonly signature: string;
  readonly expected: readonly StoredValue[];
  readonly fresh: readonly StoredValue[];
} {
  const expected: StoredValue[] = [];
  const fresh: StoredValue[] = [];
  let signature = '';
  for (let column = 0; column < replacements.columns.length; column += 1) {
    // No column of SQLite holds compound values.
    const replacement = replacements.columns[column]?.[row] as StoredValue | undefined;
    const isCompared = replacement === undefined && replacements.compared?.includes(column) === true;
    if (replacement === undefined && !isCompared) {
      signature += '-';
      continue;
    }
    const read = (replacements.batch.columns[column]?.[row] ?? null) as StoredValue;
    signature += isCompared ? letterOf(read).toUpperCase() : letterOf(read);
    expected.push(read);
    if (replacement !== undefined && storedName(columns[column] ?? '') !== undefined) fresh.push(replacement);
  }
  return { signature, expected, fresh };
}
