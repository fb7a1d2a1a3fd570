import { expect, test } from 'vitest';
import { createPainter } from '../../../../src/lib/cli/rendering/painter.ts';

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [false, { FORCE_COLOR: '3', NO_COLOR: '1' }, true],
])('on a terminal: %s, with %j, colours: %s', (isTerminal, environment, hasColours) => {
  expect(createPainter({ isTerminal, environment }).bad('x') !== 'x').toBe(hasColours);
});
