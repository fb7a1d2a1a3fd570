import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { columnText } from '../../../../src/lib/cli/rendering/column-text.ts';
import { createPainter } from '../../../../src/lib/cli/rendering/painter.ts';
import { renderPlan } from '../../../../src/lib/cli/rendering/render-plan.ts';
import { renderRun } from '../../../../src/lib/cli/rendering/render-run.ts';
import { renderStatus } from '../../../../src/lib/cli/rendering/render-status.ts';
import { renderVerify } from '../../../../src/lib/cli/rendering/render-verify.ts';
import { textTable } from '../../../../src/lib/cli/rendering/text-table.ts';
import { byteText } from '../../../../src/lib/model/texts/byte-text.ts';
import { samplePlan, sampleRun, sampleStatus, sampleVerify } from './samples.ts';

const plainPainter = createPainter({ isTerminal: false, environment: {} });
const colourPainter = createPainter({ isTerminal: true, environment: { FORCE_COLOR: '1' } });

const renderings = {
  plan: (painter = plainPainter) => renderPlan(samplePlan, painter),
  run: (painter = plainPainter) => renderRun(sampleRun, painter),
  status: (painter = plainPainter) => renderStatus(sampleStatus, painter),
  verify: (painter = plainPainter) => renderVerify(sampleVerify, painter),
};

describe.each(Object.entries(renderings))('the text of a %s', (name, render) => {
  test('is what the transcript shows', async () => {
    await expect(`${render()}\n`).toMatchFileSnapshot(`./${name}.transcript.txt`);
  });

  test('is plain ASCII without a terminal, whatever the database holds', () => {
    expect(render()).toMatch(/^[\n\u0020-\u007e]+$/);
  });

  test('has colours on a terminal, and is the same text', () => {
    expect(render(colourPainter)).not.toBe(render());
    expect(stripVTControlCharacters(render(colourPainter))).toBe(render());
  });
});

test.each([
  ['succeeded', /^Done: rotation from key 1a2b3c4d to key 99aabbcc, 1,234,560 rewritten, /],
  ['interrupted', /^Stopped at a checkpoint: rotation from /],
  ['rehearsed', /^Rehearsed, nothing was changed: rotation from /],
  ['nothing to do', /^Nothing to do: everything is already under key 99aabbcc\./],
] as const)('a run that %s begins with that', (state, beginning) => {
  expect(renderRun({ ...sampleRun, state }, plainPainter)).toMatch(beginning);
});

test.each([
  ['old key found', 'Not verified: 1 cell still under the old key.'],
  ['unreadable cells', 'Not verified: 2 cells that neither key opens.'],
] as const)('a verification with %s begins with that', (outcome, beginning) => {
  const total = { ...sampleVerify.total, old: 1, unknown: 2 };
  expect(renderVerify({ ...sampleVerify, outcome, total }, plainPainter).split('\n')[0]).toBe(beginning);
});

// Who had started a run for the night read that nothing was started, and that 100% were done.
test('a status tells a run that waits to start from a migration that nobody has taken up', () => {
  const planned = { ...sampleStatus, state: 'planned', rows: { done: 0, estimated: 0 } } as const;
  expect(renderStatus(planned, plainPainter)).toContain('planned: not started yet\n');
  const held = { ...planned, heldBy: 'process 1 on db1' };
  expect(renderStatus(held, plainPainter)).toContain('planned: its run is about to start\n');
  const waiting = renderStatus({ ...held, throttle: 'the window is closed' }, plainPainter);
  expect(waiting).toContain('planned: its run waits to start\n');
  expect(waiting).not.toContain('progress');
});

test('a status has a place for the throttle and the failure', () => {
  const failure = { code: 'KT_DISK_FULL', message: 'the disk is full' };
  const text = renderStatus(
    { ...sampleStatus, state: 'failed', throttle: 'replica lags', failure },
    plainPainter,
  );
  expect(text).toContain('throttled     replica lags\n');
  expect(text).toContain('failure       the disk is full (KT_DISK_FULL)\n');
});

test.each([
  [0, '0 bytes'],
  [640, '640 bytes'],
  [20_000, '20 KiB'],
  [1_048_576, '1.0 MiB'],
  [500_000_000, '477 MiB'],
  [1_500_000_000, '1.4 GiB'],
  [2_000_000_000_000, '1862.6 GiB'],
])('%d bytes read %s', (bytes, text) => {
  expect(byteText(bytes)).toBe(text);
});

test('a column is written as a flag takes it', () => {
  expect(columnText({ table: 'machines', column: 'token' })).toBe('machines.token');
  expect(columnText({ table: 'my.table', column: 'a "b"' })).toBe('"my.table"."a ""b"""');
});

test('columns of a table are aligned by what a terminal shows', () => {
  const columns = [
    { header: 'name', align: 'left' },
    { header: 'n', align: 'right' },
  ] as const;
  const rows = [
    ['表', colourPainter.bad('1')],
    ['abcdef', '22'],
  ];
  const lines = textTable(columns, rows, plainPainter).map((line) => stripVTControlCharacters(line));
  expect(lines).toEqual(['name     n', '表       1', 'abcdef  22']);
});
