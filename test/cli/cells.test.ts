import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import { contentOf } from '../support/database-content.ts';
import {
  createScene,
  opened,
  rotationKeys,
  tableOf,
  token,
  type Scene,
  type Stored,
} from '../support/scene.ts';

const longAgo = { timestamp: 1_500_000_000n };

/** A token with one bit of its ciphertext changed. */
function flipped(cell: string): string {
  return cell.slice(0, 50) + (cell.charAt(50) === 'A' ? 'B' : 'A') + cell.slice(51);
}

/** When a token was first sealed. */
function sealedAt(cell: Stored): bigint {
  return Buffer.from(String(cell), 'base64url').readBigUInt64BE(1);
}

function sumOf({ cells }: RunResult): number {
  const counts: readonly number[] = Object.values(cells);
  return counts.reduce((sum, count) => sum + count, 0);
}

const cells = (scene: Scene): readonly Stored[] => scene.values('SELECT cell FROM t ORDER BY id');

describe('a column with every kind of cell', () => {
  const lineBroken = token('old', 'a line break inside', longAgo);
  const good = [
    token('old', 'text', longAgo),
    Buffer.from(token('old', 'blob in a text column', longAgo)),
    `${lineBroken.slice(0, 60)}\n${lineBroken.slice(60)}`,
    token('old', '', longAgo),
    token('old', token('old', 'nested'), longAgo),
    ` ${token('old', 'white space around')}\n`,
  ];
  const already = [token('new', 'new', longAgo), Buffer.from(token('new', 'new blob', longAgo))];
  const bad: readonly Stored[] = [
    token('old', 'truncated').slice(0, 60),
    flipped(token('old', 'flipped')),
    token('third', 'foreign'),
    '   ',
    'plain text',
    42n,
    4.5,
    Buffer.from([0x80, 0xff, 0x00]),
    `text with a NUL \0 inside`,
  ];
  const nothing: readonly Stored[] = [null, null, '', Buffer.alloc(0)];
  const all = [...good, ...already, ...bad, ...nothing];

  test('is rotated cell by cell: what opens changes and nothing else does', async () => {
    const scene = createScene(tableOf(...all));
    const before = cells(scene);
    const { code, result } = await scene.rotate();
    expect(code).toBe(3);
    expect(result.cells).toMatchObject({
      rewritten: good.length,
      already: already.length,
      quarantined: bad.length,
      null: 2,
      empty: 2,
    });
    expect(sumOf(result)).toBe(all.length);
    expect(result.warnings).toContainEqual(
      expect.stringContaining('1 cell holds an encrypted cell again, in table "t"'),
    );

    const after = cells(scene);
    expect(after.slice(good.length)).toEqual(before.slice(good.length));
    const classes = (values: readonly Stored[]): readonly string[] => values.map((value) => typeof value);
    expect(classes(after)).toEqual(classes(before));
    expect(after.slice(0, good.length).map((cell) => opened('new', cell))).toEqual(
      before.slice(0, good.length).map((cell) => opened('old', cell)),
    );
    expect(after.slice(0, 5).map(sealedAt)).toEqual(Array.from({ length: 5 }, () => longAgo.timestamp));

    const issues = Object.fromEntries(result.issues.map(({ reason, cells: count }) => [reason, count]));
    expect(issues).toEqual({ malformed: bad.length - 2, rejected: 2 });
    const firstBad = good.length + already.length + 1;
    for (const { rowKey } of result.issues.flatMap(({ places }) => places)) {
      expect(Number(rowKey)).toBeGreaterThanOrEqual(firstBad);
      expect(Number(rowKey)).toBeLessThan(firstBad + bad.length);
    }
  });

  test('can be left with its quarantine, or be repaired and rotated again', async () => {
    const scene = createScene(tableOf(...all));
    expect((await scene.rotate()).code).toBe(3);
    const status = await scene.run('status', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({ state: 'failed', failure: { code: 'KT_QUARANTINED' } });
    expect((await scene.rotate('--max-quarantine', String(bad.length - 1))).code).toBe(3);

    scene.change((database) => {
      database.prepare(`UPDATE t SET cell = ? WHERE id BETWEEN 9 AND 12`).run(token('old', 'repaired'));
    });
    const { code, result } = await scene.rotate('--max-quarantine', String(bad.length - 4));
    expect(code).toBe(0);
    expect(result).toMatchObject({
      state: 'succeeded',
      cells: { rewritten: good.length + 4, already: already.length, quarantined: bad.length - 4 },
    });
    expect(sumOf(result)).toBe(all.length);
    const content = contentOf(scene.path);
    const again = await scene.rotate();
    expect(again.result.state).toBe('nothing to do');
    expect(contentOf(scene.path)).toBe(content);
  });

  test('with --unrecognised leave keeps values that are no cells, and quarantines cells that do not open', async () => {
    const scene = createScene(tableOf(...all));
    const { code, result } = await scene.rotate('--unrecognised', 'leave', '--max-quarantine', '2');
    expect(code).toBe(0);
    expect(result.cells).toMatchObject({ rewritten: good.length, quarantined: 2, left: bad.length - 2 });
    expect(sumOf(result)).toBe(all.length);
  });
});

test('--renew-timestamps gives every rewritten cell the present time', async () => {
  const scene = createScene(tableOf(token('old', 'a', longAgo), token('new', 'b', longAgo)));
  const now = (): bigint => BigInt(Math.floor(Date.now() / 1000));
  const started = now();
  expect((await scene.rotate('--renew-timestamps')).code).toBe(0);
  const [rewritten = 0n, already] = cells(scene).map(sealedAt);
  expect(rewritten).toBeGreaterThanOrEqual(started);
  expect(rewritten).toBeLessThanOrEqual(now());
  expect(already).toBe(longAgo.timestamp);
});

test('a column under a third key is left out and listed, beside one that is rotated', async () => {
  const scene = createScene((database) => {
    database.exec('CREATE TABLE t(id INTEGER PRIMARY KEY, cell TEXT, foreign_cell TEXT)');
    database.prepare('INSERT INTO t VALUES (1, ?, ?)').run(token('old'), token('third', 'not ours'));
  });
  const plan = await scene.run('plan', ...rotationKeys, '--json');
  expect(JSON.parse(plan.stdout)).toMatchObject({
    columns: [{ column: 'cell' }],
    excluded: [{ column: 'foreign_cell', opensUnder: 'neither' }],
  });
  const { code, result } = await scene.rotate();
  expect(code).toBe(0);
  expect(result.warnings).toContainEqual(expect.stringContaining('t.foreign_cell looks encrypted'));
  expect(opened('third', scene.values('SELECT foreign_cell FROM t')[0] ?? null)).toBe('not ours');
});

// Python stops to read at the padding. The second of two tokens was gone after a rotation that had succeeded.
test('what stands behind the padding of a token is not lost: the cell stays, and is named', async () => {
  const padded = token('old', 'first');
  expect(padded.endsWith('=')).toBe(true);
  const kept = [`${padded},${token('old', 'second')}`, `${padded} since 2021`, Buffer.from(`${padded};k2`)];
  const scene = createScene(tableOf(token('old', 'alone'), ...kept));
  const { code, result } = await scene.rotate('--max-quarantine', '9', '--unrecognised', 'leave');
  expect({ code, cells: result.cells, issues: result.issues.map(({ reason }) => reason) }).toMatchObject({
    code: 3,
    cells: { rewritten: 1, quarantined: 3 },
    issues: ['refused'],
  });
  expect(cells(scene).slice(1)).toEqual(kept);
  expect((await scene.run('verify')).code).toBe(14);
  const decrypted = await scene.run('decrypt --column t.cell --key file:old.key --yes', '--json');
  expect(decrypted.code).not.toBe(0);
  expect(cells(scene).slice(1)).toEqual(kept);
});
