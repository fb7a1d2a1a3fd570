import { encodeRowKey } from '../../../model/cells/cell-places.ts';
import type { RowBatch } from '../../../model/cells/row-batch.ts';
import type { StoredValue } from '../../../model/cells/stored-value.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import type { SqliteConnection } from '../connection/connection.ts';
import { declaredKeyOf, tableName, type TableShape } from '../schema/schema.ts';
import type { KeyCondition } from './key-order.ts';

/**
 * Tells, under the transaction's lock, whether a row still has the primary key that its new cells are bound to. Rows
 * that are addressed by that key have it; one that is gone is left to whoever updates it.
 */
export function createKeyCheck(
  connection: SqliteConnection,
  shape: TableShape,
): (batch: RowBatch, row: number, address: KeyCondition) => boolean {
  const columns = declaredKeyOf(shape).map(quoteIdentifier);
  if (shape.primaryKey.length > 0 || shape.rowidIsDeclared || columns.length === 0) return () => true;
  return ({ canonicalKeys = 'none' }, row, address) => {
    const expected = canonicalKeys[row];
    if (canonicalKeys === 'none' || expected === undefined) return true;
    const select = `SELECT ${columns.join(', ')} FROM ${tableName(shape)} WHERE ${address.sql}`;
    const found = connection.statements.prepare(select).get(...address.parameters);
    return found === undefined || encodeRowKey(found as readonly StoredValue[]).equals(Buffer.from(expected));
  };
}
