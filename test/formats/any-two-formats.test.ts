import { test } from 'vitest';
import { formatRing, rotateAndBack } from './rotate-and-back.ts';

/* Every pair: npm run test:formats. */
test.each(formatRing())('$name and back', rotateAndBack);
