import { test } from 'vitest';
import { everyFormat } from '../../src/lib/formats/format-named.ts';
import { pairOf, rotateAndBack } from './rotate-and-back.ts';

/* Each format to the next one, so that each is once the source and once the target; every pair: test:formats. */
const formats = everyFormat();
const ring = formats.flatMap((from, index) => pairOf(from, formats[(index + 1) % formats.length] ?? from));

test.each(ring)('$name and back', rotateAndBack);
