import { quoteIdentifier } from '../../quote-identifier.ts';
import type { TableShape } from '../schema/table-shape.ts';

/**
 * A function that reads one column of a row. The server keeps the number of the column in it, and so reads that one whatever it
 * and its table are called by now; a name in the text of a trigger's function is looked for at every write.
 */
export interface ColumnReader {
  readonly schema: string;
  /** No other function of the schema is called so. */
  readonly name: string;
  readonly column: string;
  /** What it gives. */
  readonly type: 'text' | 'text[]' | 'bytea';
}

/** The statement that creates it. Its body has no quotes around it: it is parsed once, here, and depends on the column. */
export function createReader({ sqlName: table }: TableShape, reader: ColumnReader): string {
  return `CREATE FUNCTION ${sqlNameOf(reader)}(${table}) RETURNS ${reader.type} STABLE LANGUAGE sql
    BEGIN ATOMIC SELECT ($1).${quoteIdentifier(reader.column)}::${reader.type}; END`;
}

/** What it reads of a row: the server puts its body in the place of the call. */
export function readFrom(row: 'NEW' | 'OLD', reader: ColumnReader): string {
  return `${sqlNameOf(reader)}(${row})`;
}

/** Its name in SQL. */
export function sqlNameOf({ schema, name }: Pick<ColumnReader, 'schema' | 'name'>): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}
