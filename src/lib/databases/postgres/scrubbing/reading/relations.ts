import type { RawFile } from '../../../../model/databases/raw-file.ts';
import type { PostgresSession } from '../../connection/session.ts';

/** A table, an index or a TOAST table of the database, which has a file. */
export interface StoredRelation {
  readonly oid: string;
  /** As it is quoted in SQL. */
  readonly name: string;
  /** Of its first file, from the data folder on. */
  readonly path: string;
  readonly kind: RawFile['kind'];
  /** About how large it is. */
  readonly bytes: number;
}

/** All relations of the database, the catalogue included; `temporary`: also those that belong to a session. */
export async function listRelations(
  session: PostgresSession,
  which: 'lasting' | 'lasting and temporary',
): Promise<readonly StoredRelation[]> {
  const condition = which === 'lasting' ? "relpersistence <> 't'" : 'true';
  const { rows } = await session.query({
    text: `SELECT oid, oid::regclass::text AS name, pg_relation_filepath(oid), relnamespace = 'pg_catalog'::regnamespace,
             greatest(relpages, 0)::int8 * current_setting('block_size')::int8
           FROM pg_class WHERE pg_relation_filepath(oid) IS NOT NULL AND ${condition} ORDER BY oid`,
  });
  return rows.map(([oid, name, path, isOfCatalogue, bytes]) => ({
    oid: oid ?? '',
    name: name ?? '',
    path: path ?? '',
    kind: isOfCatalogue === 't' ? 'statistics' : 'table',
    bytes: Number(bytes),
  }));
}
