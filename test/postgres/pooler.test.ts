import { expect, test } from 'vitest';
import { isPgbouncerAtHand, startPgbouncer } from '../support/postgres/pgbouncer.ts';
import { createPostgresScene } from '../support/postgres/postgres-scene.ts';
import { peopleTable } from '../support/postgres/token-table.ts';
import { opened, rotationKeys } from '../support/scene.ts';

const rows = 20;
const flags = [...rotationKeys, '--yes', '--json'];

test.runIf(isPgbouncerAtHand)(
  'a pooler is worked through where it keeps sessions, and refused before anything is written where it does not',
  async () => {
    const scene = await createPostgresScene(peopleTable(rows));
    const byTransaction = await startPgbouncer(scene.url, 'transaction');
    const refused = await scene.runOn(byTransaction, 'rotate', ...flags);
    expect(refused.code).toBe(15);
    expect(refused.stdout).toContain('KT_SERVER_UNSUITABLE');
    expect(refused.stdout).toContain('a pool of mode');
    expect(await scene.query("SELECT 1 FROM pg_class WHERE relname LIKE 'keyturn%'")).toEqual([]);
    const bySession = await startPgbouncer(scene.url, 'session');
    const rotated = await scene.runOn(bySession, 'rotate', ...flags);
    expect(rotated.code, rotated.stderr).toBe(0);
    const cells = await scene.query('SELECT secret FROM people ORDER BY id');
    cells.forEach(([secret], index) => {
      expect(opened('new', secret ?? null)).toBe(`secret ${String(index)}`);
    });
  },
);
