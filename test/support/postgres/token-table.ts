import { token, type KeyRole } from '../scene.ts';

/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `INSERT` of rows, each with the values of some columns; `null` as NULL, every other value as a literal. */
export function insertRows(
  table: string,
  columns: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): string {
  const values = rows.map(
    (row) => `(${row.map((value) => (value === null ? 'NULL' : literal(value))).join(', ')})`,
  );
  return `INSERT INTO ${table}(${columns.join(', ')}) VALUES ${values.join(', ')};`;
}

/** A bytea literal of a token. */
export function tokenBytes(role: KeyRole, plaintext: string): string {
  return `\\x${Buffer.from(token(role, plaintext)).toString('hex')}`;
}

/** A table `people(id, name, secret, photo)` with so many rows under the old key; every third photo is missing. */
export function peopleTable(rows: number): string {
  const people = Array.from({ length: rows }, (_, index) => [
    `name ${String(index)}`,
    token('old', `secret ${String(index)}`),
    index % 3 === 0 ? null : tokenBytes('old', `photo ${String(index)}`),
  ]);
  return `
    CREATE TABLE people(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, secret text, photo bytea);
    ${insertRows('people', ['name', 'secret', 'photo'], people)}`;
}
