import { test } from 'vitest';
import { everyFormat } from '../../src/lib/formats/format-named.ts';
import { pairOf, rotateAndBack } from './rotate-and-back.ts';

/* Each format to another one, so that each is once the source and, if it may be, the target; every pair: test:formats. */
const targets = everyFormat().filter(({ integrity }) => integrity === 'authenticated');
const ring = everyFormat().flatMap((from, index) =>
  pairOf(from, targets[(index + 1) % targets.length] ?? from),
);

test.each(ring)('$name and back', rotateAndBack);
