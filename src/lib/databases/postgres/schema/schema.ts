import { createHash } from 'node:crypto';
import { databaseIndexPrefix } from '../../../model/columns/blind-index.ts';
import { ledgerTableNames } from '../../../model/databases/ledger-table-names.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import type { ColumnDescription, TableDescription, TriggerDescription } from '../../table-description.ts';
import type { PostgresSession } from '../connection/session.ts';
import { canonicalKeyOf } from './canonical-keys.ts';
import { contentOf, held, type ColumnType } from './cell-content.ts';
import type { ColumnShape, IncomingReference, TableShape } from './table-shape.ts';

/** The catalogue's answer for one table, as JSON. */
interface CatalogueRow {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly rootSchema: string;
  readonly rootName: string;
  readonly isRelated: boolean;
  readonly columns: readonly (ColumnType & {
    readonly name: string;
    readonly declaredType: string;
    readonly castType: string;
    readonly maximumCharacters: number | null;
    readonly generated: string;
    readonly identity: string;
  })[];
  readonly indexes: readonly {
    readonly isPrimary: boolean;
    readonly isUnique: boolean;
    /** It is over a blind index: it leaves rows out, so that no foreign key can refer to it; and it comes and goes. */
    readonly isOurs: boolean;
    readonly isAddress: boolean;
    readonly columns: readonly string[];
  }[];
  readonly triggers: readonly TriggerDescription[];
  readonly references: readonly IncomingReference[];
  readonly definitions: readonly string[];
}

/** Every ordinary table of a user, leaves of partitioned ones among them; no view, no foreign and no system table. */
const userTables = `
  table_class.relkind = 'r' AND table_class.relpersistence <> 't'
  AND space.nspname NOT IN ('pg_catalog', 'information_schema') AND space.nspname NOT LIKE 'pg\\_toast%'`;

/** Triggers of guards and pairs come and go without changing what a plan relies on. */
const isForeign = "tgname NOT LIKE 'keyturn\\_guard\\_%' AND tgname NOT LIKE 'keyturn\\_pair\\_%'";

/**
 * A unique index addresses rows if it holds every row once (no condition, no expression, no NULL), is checked at once,
 * and sorts as its columns compare: ascending, by the default operators and the column's own collation.
 */
const catalogueQuery = `
SELECT json_build_object(
  'oid', table_class.oid::text, 'schema', space.nspname, 'name', table_class.relname,
  'rootSchema', root_space.nspname, 'rootName', root.relname,
  'isRelated', EXISTS (SELECT FROM pg_inherits WHERE table_class.oid IN (inhrelid, inhparent)),
  'columns', (
    SELECT coalesce(json_agg(json_build_object(
      'name', attname, 'declaredType', format_type(atttypid, atttypmod), 'castType', format_type(base.oid, -1),
      'category', base.typcategory, 'baseType', base.typname, 'generated', attgenerated, 'identity', attidentity,
      'elementCategory', element.typcategory, 'isVariable', coalesce(element.typlen, base.typlen) = -1,
      'maximumCharacters', CASE WHEN coalesce(element.typname, base.typname) IN ('varchar', 'bpchar') AND base.modifier >= 4
        THEN base.modifier - 4 END) ORDER BY attnum), '[]')
    FROM pg_attribute
      JOIN pg_type AS declared ON declared.oid = atttypid
      JOIN LATERAL (
        WITH RECURSIVE under(oid, typbasetype, modifier) AS (
          SELECT declared.oid, declared.typbasetype, greatest(atttypmod, declared.typtypmod)
          UNION ALL SELECT pg_type.oid, pg_type.typbasetype, greatest(modifier, pg_type.typtypmod)
          FROM pg_type JOIN under ON pg_type.oid = under.typbasetype)
        SELECT pg_type.*, modifier FROM under JOIN pg_type USING (oid) WHERE under.typbasetype = 0) AS base ON true
      LEFT JOIN pg_type AS element ON element.oid = base.typelem AND base.typcategory = 'A'
    WHERE attrelid = table_class.oid AND attnum > 0 AND NOT attisdropped),
  'indexes', (
    SELECT coalesce(json_agg(json_build_object(
      'isPrimary', indisprimary, 'isUnique', indisunique,
      'isOurs', starts_with((SELECT relname FROM pg_class WHERE oid = indexrelid)::text, '${databaseIndexPrefix}'),
      'isAddress', indisunique AND indisvalid AND indimmediate AND indpred IS NULL AND indexprs IS NULL
        AND NOT EXISTS (
          SELECT FROM generate_series(0, indnkeyatts - 1) AS place
            JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[place]
            JOIN pg_opclass ON pg_opclass.oid = indclass[place]
          WHERE NOT attnotnull OR indoption[place] <> 0 OR NOT opcdefault OR indcollation[place] <> attcollation),
      'columns', (
        SELECT coalesce(json_agg(attname ORDER BY place), '[]') FROM generate_series(0, indnkeyatts - 1) AS place
          JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[place]))
      ORDER BY indisprimary DESC, indexrelid), '[]')
    FROM pg_index WHERE indrelid = table_class.oid),
  'triggers', (
    SELECT coalesce(json_agg(json_build_object('name', name, 'columns', columns) ORDER BY name), '[]') FROM (
      SELECT tgname AS name, CASE WHEN cardinality(tgattr::int2[]) = 0 THEN NULL ELSE (
          SELECT json_agg(attname ORDER BY attnum) FROM pg_attribute
          WHERE attrelid = tgrelid AND attnum = ANY(tgattr)) END AS columns
      FROM pg_trigger WHERE tgrelid = table_class.oid AND NOT tgisinternal AND ${isForeign}
        AND tgenabled IN ('O', 'A') AND tgtype & 16 <> 0
      UNION ALL
      SELECT rulename, NULL FROM pg_rewrite WHERE ev_class = table_class.oid AND ev_type = '2' AND ev_enabled IN ('O', 'A')
    ) AS fired),
  'references', (
    SELECT coalesce(json_agg(json_build_object('column', attname, 'kind', kind) ORDER BY attname, kind), '[]') FROM (
      SELECT DISTINCT attname, CASE WHEN confupdtype IN ('n', 'd') THEN 'referenced' ELSE 'bound' END AS kind
      FROM pg_constraint JOIN pg_attribute ON attrelid = confrelid AND attnum = ANY(confkey)
      WHERE contype = 'f' AND confrelid = table_class.oid
        AND (confupdtype IN ('n', 'd') OR confupdtype = 'a' AND condeferrable)) AS incoming),
  'definitions', (
    SELECT coalesce(json_agg(definition ORDER BY definition), '[]') FROM (
      SELECT pg_get_triggerdef(oid) AS definition FROM pg_trigger
      WHERE tgrelid = table_class.oid AND NOT tgisinternal AND ${isForeign}
      UNION ALL SELECT pg_get_ruledef(oid) FROM pg_rewrite WHERE ev_class = table_class.oid
      UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = table_class.oid) AS defined))
FROM pg_class AS table_class JOIN pg_namespace AS space ON space.oid = table_class.relnamespace
  JOIN pg_class AS root ON root.oid = coalesce(pg_partition_root(table_class.oid), table_class.oid)
  JOIN pg_namespace AS root_space ON root_space.oid = root.relnamespace
WHERE ${userTables}`;

/** Reads the shape of all tables a user could keep cells in, without the ledger's own. */
export async function readShapes(
  session: PostgresSession,
  ledgerSchema: string,
): Promise<readonly TableShape[]> {
  const { rows } = await session.query({
    text: `${catalogueQuery} ORDER BY space.nspname, table_class.relname`,
  });
  const ledgerTables: ReadonlySet<string> = new Set(ledgerTableNames);
  return rows
    .map(([json]) => JSON.parse(json ?? '') as CatalogueRow)
    .filter(
      ({ schema, name }) =>
        schema !== ledgerSchema || !(ledgerTables.has(name) || name.startsWith('keyturn_guard_')),
    )
    .map(toShape);
}

function toShape(row: CatalogueRow): TableShape {
  const columns = row.columns.map(toColumn);
  const { columns: key, isPrimary: isKeyPrimary } = chooseKey(row, columns);
  return {
    oid: row.oid,
    table: displayedName(row.schema, row.name),
    context: displayedName(row.rootSchema, row.rootName),
    isKeyPrimary,
    isRelated: row.isRelated,
    sqlName: `${quoteIdentifier(row.schema)}.${quoteIdentifier(row.name)}`,
    columns,
    key,
    triggers: row.triggers,
    uniqueColumns: row.indexes
      .filter(({ isUnique, isOurs }) => isUnique && !isOurs)
      .flatMap((index) => index.columns),
    references: row.references,
    definitions: row.definitions,
  };
}

/** A table's name as plans and flags have it. */
export function displayedName(schema: string, name: string): string {
  return schema === 'public' ? namePart(name) : `${namePart(schema)}.${namePart(name)}`;
}

/** A dot in a name must not look like the end of a schema's. */
function namePart(name: string): string {
  return name.includes('.') || name.includes('"') ? quoteIdentifier(name) : name;
}

function toColumn(column: CatalogueRow['columns'][number]): ColumnShape {
  const { name, declaredType, castType, maximumCharacters, generated, identity } = column;
  return {
    name,
    declaredType,
    castType,
    content: contentOf(column),
    maximumCharacters,
    isGenerated: generated !== '',
    ...(identity !== '' && { isIdentity: true }),
  };
}

/** The columns by which rows are addressed; none where there is no index for that. */
interface AddressingKey {
  readonly columns: readonly ColumnShape[];
  readonly isPrimary: boolean;
}

/** The primary key first, then unique indexes; those over texts last, because a text may be what is encrypted. */
function chooseKey({ indexes }: CatalogueRow, columns: readonly ColumnShape[]): AddressingKey {
  const candidates = indexes
    .filter(({ isAddress }) => isAddress)
    .map((index) => ({
      isPrimary: index.isPrimary,
      columns: index.columns.flatMap((name) => columns.find((column) => column.name === name) ?? []),
    }));
  const isPlain = (key: readonly ColumnShape[]): boolean => key.every(({ content }) => content === 'other');
  const chosen =
    candidates.find(({ isPrimary }) => isPrimary) ??
    candidates.find((candidate) => isPlain(candidate.columns)) ??
    candidates[0];
  return chosen ?? { columns: [], isPrimary: false };
}

/** What planning needs to know of a table. */
export function describeTable(shape: TableShape): TableDescription {
  const { triggers, table, context, sqlName, columns, key, uniqueColumns, references, definitions } = shape;
  const root = context === table ? {} : { context };
  const defining = { sqlName, columns, key, triggers, uniqueColumns, references, definitions, ...root };
  return {
    table,
    primaryKey: canonicalKeyOf(shape).map(({ name }) => name),
    columns: shape.columns.map((column) => describeColumn(shape, column)),
    keys: shape.key.length > 0 ? 'stable' : 'renumbering',
    rows: rowsOf(shape),
    ...(context !== table && { partitionOf: context }),
    triggers,
    fingerprint: createHash('sha256').update(JSON.stringify(defining)).digest('hex'),
  };
}

function rowsOf({ key, isRelated }: TableShape): TableDescription['rows'] {
  if (isRelated) return 'shared';
  return key.length > 0 ? 'lasting' : 'nameless';
}

function describeColumn(shape: TableShape, column: ColumnShape): ColumnDescription {
  const { name, declaredType, content, maximumCharacters } = column;
  const place = { table: shape.context, column: name };
  return {
    name,
    declaredType,
    place,
    kind: kindOf(shape, column),
    maximumCharacters,
    holds: held[content],
  };
}

function kindOf(shape: TableShape, column: ColumnShape): ColumnDescription['kind'] {
  const { name, content, isGenerated, isIdentity = false } = column;
  if (isGenerated) return 'generated';
  if (shape.key.some((one) => one.name === name)) return 'key';
  if (isIdentity) return 'generated';
  if (content === 'document') return 'document';
  return shape.references.find((reference) => reference.column === name)?.kind ?? 'ordinary';
}
