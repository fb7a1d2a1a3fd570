import { expect, test } from 'vitest';
import { createPostgresScene, type PostgresScene } from '../support/postgres/postgres-scene.ts';
import { succeeds } from '../support/succeeds.ts';

/** Every type whose values have to come back as they were, with values at its edges. */
const typed = `
  CREATE TYPE mood AS ENUM ('fine', 'so so'); CREATE TYPE duo AS (one integer, other text);
  CREATE TABLE things(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    small smallint, whole integer DEFAULT 7, big bigint NOT NULL, exact numeric(30, 8), loose numeric, single real, twice double precision,
    yes boolean, day date, hour time, instant timestamp, moment timestamptz, span interval,
    plain text NOT NULL CHECK (plain <> 'forbidden'), short varchar(12), padded char(8), bytes bytea,
    doc json, tree jsonb, token uuid UNIQUE, host inet, numbers integer[], names text[], feeling mood, period int4range, price money, mixed duo);
  COMMENT ON COLUMN things.token IS 'what it is known by';
  CREATE INDEX things_plain ON things(lower(plain)) WHERE plain <> '';
  INSERT INTO things(small, whole, big, exact, loose, single, twice, yes, day, hour, instant, moment, span, plain, short, padded,
    bytes, doc, tree, token, host, numbers, names, feeling, period, price, mixed)
  VALUES
    (-32768, 2147483647, 9223372036854775807, 12345678901234567890.12345678, 'NaN', 0.1, 1e-300, true, '0044-03-15 BC',
     '23:59:59.999999', 'infinity', '2024-02-29 23:59:59.123456+14', '1 year -2 mons 3 days 04:05:06.000007', '', 'twelve chars', 'ab',
     '\\x00ff80', '{"b" : 1,  "a": [1.0, null]}', '{"b": 1.00, "a": [1.0, null]}', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '10.0.0.1/24',
     '[2:3]={1,NULL}', '{"a,b","c\\"d",NULL,""}', 'so so', '[1,9)', '-1234.5', ROW(1, NULL)),
    (0, NULL, 0, -0.00000001, 1e100, 'Infinity', '-0', false, 'infinity', '00:00', '1970-01-01', '-infinity', '-1 day', 'Zürich 🙂', '', '',
     '', 'null', 'null', NULL, '::1', '{}', '{}', 'fine', 'empty', 0, ROW(NULL, NULL));
  INSERT INTO things(big, plain) SELECT n, 'row ' || n FROM generate_series(1, 300) AS n`;

const columns =
  'small whole big exact loose single twice yes day hour instant moment span plain short padded bytes doc tree token host numbers names feeling period price mixed'.split(
    ' ',
  );

const flags = ['--yes', '--json', '--progress', 'none'] as const;
const everything = `SELECT ${columns.join(', ')} FROM things ORDER BY id`;

const encryption = [
  ...columns.flatMap((column) => ['--column', `things.${column}`]),
  '--key',
  'file:new.key',
  '--format',
  'fernet',
  '--into',
  '{column}_encrypted',
];

/** The table as the server describes it: columns, constraints, indexes and comments, the order of columns apart. */
async function describe(scene: PostgresScene): Promise<readonly unknown[]> {
  return scene.query(`
    SELECT attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull || coalesce(pg_get_expr(adbin, adrelid), '')
      || coalesce(col_description(attrelid, attnum), '')
      FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
      WHERE attrelid = 'things'::regclass AND attnum > 0 AND NOT attisdropped
    UNION ALL SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'things'::regclass
    UNION ALL SELECT indexdef FROM pg_indexes WHERE tablename = 'things'
    UNION ALL SELECT tgname FROM pg_trigger WHERE tgrelid = 'things'::regclass
    UNION ALL SELECT proname FROM pg_proc WHERE proname LIKE 'keyturn%'
    ORDER BY 1`);
}

test.each(['ready', 'empty', 'drop'] as const)(
  'values of every type go into other columns and come back as they were, constraints and indexes too: %s',
  async (contract) => {
    const scene = await createPostgresScene(typed);
    const [values, shape] = [await scene.query(everything), await describe(scene)];
    expect((await succeeds(scene, 'encrypt', ...encryption, ...flags)).state).toBe('ready');
    expect(await scene.query(everything)).toEqual(values);
    if (contract !== 'ready') {
      const confirm = columns.map((column) => `things.${column}`).join(',');
      await succeeds(
        scene,
        'finalize',
        '--contract',
        contract,
        '--confirm',
        confirm,
        '--drop-unique',
        ...flags,
      );
      const [row] = await scene.query(
        "SELECT count(*) FROM information_schema.columns WHERE column_name = 'plain'",
      );
      expect(row).toEqual([contract === 'empty' ? '1' : '0']);
    }
    await succeeds(scene, 'rollback', ...flags);
    expect(await scene.query(everything)).toEqual(values);
    expect(await describe(scene)).toEqual(shape);
  },
);
