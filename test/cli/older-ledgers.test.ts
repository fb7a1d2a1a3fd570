import { expect, test } from 'vitest';
import { describeStatus } from '../../src/lib/cli/description/describe-status.ts';
import { describeVerification } from '../../src/lib/cli/description/describe-verification.ts';
import { currentSchemaVersion } from '../../src/lib/ledger/schema/schema-migrations.ts';
import { withReadOnlyDatabase } from '../../src/lib/session/database/open-database.ts';
import { auditLedger } from '../../src/lib/session/inspection/audit-ledger.ts';
import { examineDatabase } from '../../src/lib/session/inspection/examine-database.ts';
import { readStatus } from '../../src/lib/session/inspection/read-status.ts';
import { verifyDatabase } from '../../src/lib/session/inspection/verify-database.ts';
import { ageLedger } from '../support/older-ledger.ts';
import { createScene, opened, rotationKeys, tableOf, token, type Scene } from '../support/scene.ts';

const values = Array.from({ length: 60 }, (_, row) => `value ${row}`);

/** A rotation killed half way, in the ledger of an older keyturn. */
async function interrupted(version: number): Promise<Scene> {
  const scene = createScene(tableOf(...values.map((value) => token('old', value))));
  const killer = new URL('../support/kill-at-step.js', import.meta.url).href;
  const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: 'chunk completed:4' };
  const flags = [...rotationKeys, '--yes', '--batch-rows', '7'];
  expect((await scene.runWith({ env }, 'rotate', ...flags)).signal).toBe('SIGKILL');
  await ageLedger(scene.path, version);
  return scene;
}

async function json(scene: Scene, command: string, ...flags: readonly string[]): Promise<unknown> {
  const { stdout } = await scene.run(command, ...flags, '--json');
  return JSON.parse(stdout);
}

/** What the commands that read make of it, in this process: five processes for each version would take half a minute. */
function readAll({ path }: Scene) {
  const location = { kind: 'sqlite', path } as const;
  return withReadOnlyDatabase(location, async (database) => {
    const [migration] = await database.ledger.listMigrations();
    if (!migration) throw new Error('the ledger lists no migration');
    const verification = await verifyDatabase(database, asRecorded);
    const { fault, contradictions } = await auditLedger(database, undefined);
    return {
      status: describeStatus(await readStatus(database, migration), location),
      audit: { fault, contradictions },
      events: (await database.ledger.listEvents()).map(({ type }) => type),
      verification: describeVerification(verification, { location, recordedAs: null }),
      findings: (await examineDatabase({ location, references: {}, format: undefined })).findings,
    };
  });
}

const asRecorded = { oldKey: undefined, newKey: undefined, format: undefined, toFormat: undefined };
const intact = { fault: null, contradictions: [] };
const everyOlderVersion = Array.from({ length: currentSchemaVersion - 1 }, (_, index) => index + 1);

test.each(everyOlderVersion)(
  'a ledger of version %i is read as it is, upgraded by the next run, and gone on with to the end',
  async (version) => {
    const scene = await interrupted(version);
    const versionNow = (): unknown =>
      Number(scene.values("SELECT value FROM keyturn_meta WHERE name = 'schema_version'")[0]);

    const { status, audit, events, verification, findings } = await readAll(scene);
    expect(status).toMatchObject({ state: 'interrupted', rows: { done: 21 } });
    expect(audit).toEqual(intact);
    expect(events.slice(0, 2)).toEqual(['migration planned', 'run opened']);
    expect(events).toContain('migration running');
    expect(verification).toMatchObject({ outcome: 'old key found', total: { new: 21, old: 39 } });
    expect(findings.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(versionNow()).toBe(version);

    expect(await json(scene, 'execute', '--yes')).toMatchObject({
      state: 'succeeded',
      cells: { rewritten: 60 },
    });
    expect(versionNow()).toBe(currentSchemaVersion);
    expect((await readAll(scene)).audit).toEqual(intact);
    expect(await json(scene, 'rollback', '--yes')).toMatchObject({ state: 'succeeded' });
    expect(scene.values('SELECT cell FROM t').map((cell) => opened('old', cell))).toEqual(values);
  },
);
