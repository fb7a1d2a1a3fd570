import { KeyturnError } from '../model/keyturn-error.ts';
import { nearestName } from '../model/texts/nearest-name.ts';
import type { Normaliser } from './normaliser.ts';
import { digits } from './normalisers/digits.ts';
import { domain } from './normalisers/domain.ts';
import { exact } from './normalisers/exact.ts';
import { lastFour } from './normalisers/last-four.ts';
import { lower } from './normalisers/lower.ts';

/** Every normaliser, of each name the latest version first; older ones stay for the indexes that were made with them. */
export const normalisers: readonly Normaliser[] = [exact, lower, lastFour, domain, digits];

/** Finds a normaliser, its latest version where none is named. Throws where there is none (exit 2). */
export function normaliserNamed(name: string, version?: number): Normaliser {
  const found = normalisers.find(
    (one) => one.name === name && (version === undefined || one.version === version),
  );
  if (found) return found;
  const names = normalisers.map((one) => one.name);
  const nearest = nearestName(name, names);
  throw new KeyturnError({
    code: 'KT_UNKNOWN_NORMALISER',
    reason: 'usage',
    message: `there is no normaliser "${name}"${version === undefined ? '' : ` of version ${version}`}${nearest === undefined ? '' : `; the nearest name is "${nearest}"`}`,
    hints: [`the normalisers are: ${[...new Set(names)].join(', ')}`],
  });
}
