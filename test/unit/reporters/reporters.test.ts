import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createReporter, progressStyles } from '../../../src/lib/reporters/registry.ts';
import { recordingStream, shownLines } from './recording-stream.ts';
import { chunk, passStart, sampleRun } from './sample-run.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe.each(progressStyles)('the reporter "%s"', (style) => {
  test.each([80, undefined])('never throws when its output is gone (terminal width %s)', (columns) => {
    const stream = recordingStream(columns);
    vi.spyOn(stream, 'write').mockImplementation(() => {
      throw new Error('write EPIPE');
    });
    const reporter = createReporter(style, stream);
    for (const event of sampleRun) reporter.report(event);
    stream.emit('error', new Error('write EPIPE'));
    reporter.printStatus();
    reporter.printLine('text');
    reporter.close();
  });

  test('writes no control character of a table into the output', () => {
    const stream = recordingStream();
    const reporter = createReporter(style, stream);
    reporter.report({ kind: 'phase started', phase: 'execute' });
    reporter.report(passStart('\u001b]0;title\u0007', 100));
    reporter.printStatus();
    reporter.close();
    expect(stream.text().replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  test('says on request where the run is, in one line', () => {
    const stream = recordingStream();
    const reporter = createReporter(style, stream);
    reporter.printStatus();
    reporter.report({ kind: 'phase started', phase: 'execute' });
    reporter.report(passStart('machines', 100, 50));
    const before = stream.text();
    reporter.printStatus();
    reporter.close();
    expect(stream.text().slice(before.length).split('\n')).toEqual([expect.stringContaining('machines'), '']);
  });

  test('lets the process end', () => {
    const reporter = createReporter(style, recordingStream(80));
    for (const event of sampleRun) reporter.report(event);
    reporter.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the choice "auto"', () => {
  test('is a bar on a terminal', () => {
    const stream = recordingStream(80);
    const reporter = createReporter('auto', stream);
    reporter.report({ kind: 'phase started', phase: 'backup' });
    reporter.close();
    expect(stream.text()).toContain('\r');
  });

  test.each([
    ['a file', undefined, 'xterm'],
    ['a terminal that cannot move its cursor', 80, 'dumb'],
  ])('is lines on %s', (_, columns, terminal) => {
    vi.stubEnv('TERM', terminal);
    const stream = recordingStream(columns);
    const reporter = createReporter('auto', stream);
    reporter.report({ kind: 'phase started', phase: 'backup' });
    reporter.close();
    expect(stream.text()).toBe('backup started\n');
  });
});

test('the bar leaves finished phases and warnings behind, and nothing of itself', () => {
  const stream = recordingStream(100);
  const reporter = createReporter('bar', stream);
  for (const event of sampleRun) {
    reporter.report(event);
    vi.advanceTimersByTime(400);
  }
  reporter.printLine('stopping after this chunk');
  reporter.close();
  expect(shownLines(stream.text())).toEqual([
    'backup finished in 1.5 s',
    'Warning: process 4711 writes with the \\u{1b}[31mold\\u{1b}[0m key',
    'execute finished in 1 min 5 s: 2,600 rewritten',
    'stopping after this chunk',
    '',
  ]);
});

test('the bar changes no mode of the terminal and does not hide the cursor', () => {
  const stream = recordingStream(100);
  const reporter = createReporter('bar', stream);
  for (const event of sampleRun) reporter.report(event);
  reporter.close();
  const escapes = stream.text().split('\u001b').slice(1);
  expect([...new Set(escapes.map((text) => text.slice(0, 3)))].sort()).toEqual(['[0K', '[2K']);
});

test('the bar redraws while nothing happens, so that the time goes on', () => {
  const stream = recordingStream(100);
  const reporter = createReporter('bar', stream);
  reporter.report({ kind: 'phase started', phase: 'backup' });
  vi.advanceTimersByTime(3_050);
  expect(shownLines(stream.text())).toEqual(['backup  3 s']);
  reporter.close();
});

test('a log gets a line at every start and end, and one per 30 s in between', () => {
  const stream = recordingStream();
  const reporter = createReporter('plain', stream);
  reporter.report({ kind: 'phase started', phase: 'execute' });
  reporter.report(passStart('machines', 10_000, 1_000));
  for (let second = 0; second < 70; second += 1) {
    vi.advanceTimersByTime(1_000);
    reporter.report(chunk('machines', 100));
  }
  reporter.close();
  vi.advanceTimersByTime(100_000);
  expect(stream.text().split('\n')).toEqual([
    'execute started',
    'table "machines" goes on at 1,000 of about 10,000 rows',
    expect.stringMatching(
      /^execute: table "machines": [\d,]+ of about 10,000 rows \(3\d%\), \d+ rows\/s, \d+ min/,
    ),
    expect.stringMatching(/^execute: table "machines": [\d,]+ of about 10,000 rows \(6\d%\), \d+ rows\/s, /),
    '',
  ]);
});

test('JSON lines are one object per event, with the time', () => {
  const stream = recordingStream();
  const reporter = createReporter('json', stream);
  for (const event of sampleRun) reporter.report(event);
  reporter.printLine('\u001b[33mstopping\u001b[39m');
  reporter.close();
  const lines = stream.text().trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line) as { readonly time: string });
  expect(events.every(({ time }) => !Number.isNaN(Date.parse(time)))).toBe(true);
  expect(events).toMatchObject([...sampleRun, { kind: 'note', message: 'stopping' }]);
});

test('silence is silent', () => {
  const stream = recordingStream(80);
  const reporter = createReporter('none', stream);
  for (const event of sampleRun) reporter.report(event);
  reporter.close();
  expect(stream.text()).toBe('');
});
