import type { PostgresScene } from './postgres-scene.ts';

/** Every object that is not the ledger's, one line each, as the catalogue of the server has it; columns in their order. */
const definitions = `
  WITH relation AS (
    SELECT oid, relname, relkind, relacl FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'keyturn\\_%')
  SELECT concat_ws(' ', relkind, relname, relacl) FROM relation
  UNION ALL SELECT concat_ws(' ', 'column', relname, row_number() OVER (PARTITION BY attrelid ORDER BY attnum), attname,
      format_type(atttypid, atttypmod), attnotnull, attidentity, attcollation::regcollation, attstorage, attacl,
      pg_get_expr(adbin, adrelid), col_description(attrelid, attnum))
    FROM relation JOIN pg_attribute ON attrelid = relation.oid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attnum > 0 AND NOT attisdropped AND relkind <> 'i'
  UNION ALL SELECT concat_ws(' ', 'constraint', relname, conname, pg_get_constraintdef(pg_constraint.oid), convalidated)
    FROM relation JOIN pg_constraint ON conrelid = relation.oid
  UNION ALL SELECT concat_ws(' ', 'index', pg_get_indexdef(oid)) FROM relation WHERE relkind = 'i'
  UNION ALL SELECT concat_ws(' ', 'view', relname, pg_get_viewdef(oid)) FROM relation WHERE relkind = 'v'
  UNION ALL SELECT concat_ws(' ', 'trigger', tgenabled, pg_get_triggerdef(pg_trigger.oid))
    FROM relation JOIN pg_trigger ON tgrelid = relation.oid WHERE NOT tgisinternal
  UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  ORDER BY 1`;

/** What a scene's database is, the ledger apart: all definitions, and each row of each table and view as text. */
export async function dumpDatabase(scene: PostgresScene): Promise<readonly string[]> {
  const tables = await firstColumn(
    scene,
    `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')
     AND relname NOT LIKE 'keyturn\\_%' ORDER BY 1`,
  );
  const lines = [...(await firstColumn(scene, definitions))];
  for (const table of tables) {
    lines.push(
      ...(await firstColumn(scene, `SELECT '${table}: ' || t::text FROM "${table}" AS t ORDER BY 1`)),
    );
  }
  return lines;
}

async function firstColumn(scene: PostgresScene, sql: string): Promise<readonly string[]> {
  return (await scene.query(sql)).map(([value]) => value ?? '');
}
