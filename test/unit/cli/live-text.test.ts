import { expect, test } from 'vitest';
import { createLiveText } from '../../../src/lib/cli/description/live-text.ts';

function shownOn(output: { readonly isTTY?: boolean; readonly columns?: number }): string {
  let written = '';
  const live = createLiveText({ ...output, write: (text: string) => (written += text) });
  live.show('12345\n123456789012345678901');
  live.show('done');
  return written;
}

test('on a terminal the next text takes the place of the one before, wrapped lines included', () => {
  expect(shownOn({ isTTY: true, columns: 10 })).toBe(
    '12345\n123456789012345678901\n\u001b[4A\r\u001b[Jdone\n',
  );
});

test('anywhere else it stands below, after an empty line', () => {
  expect(shownOn({})).toBe('12345\n123456789012345678901\n\ndone\n');
});

// `status --watch | head` went on for as long as the run.
test('whoever shows it learns that nobody reads it any more', () => {
  const write = (): void => undefined;
  expect(createLiveText({ write, writable: true }).isRead()).toBe(true);
  expect(createLiveText({ write, writable: false }).isRead()).toBe(false);
});
