import { test } from 'vitest';
import { everyFormat } from '../../../src/lib/formats/format-named.ts';
import { pairOf, rotateAndBack } from '../rotate-and-back.ts';

const pairs = everyFormat().flatMap((from) => everyFormat().flatMap((to) => pairOf(from, to)));

test.each(pairs)('$name and back', rotateAndBack);
