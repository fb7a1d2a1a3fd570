import type { PlaintextEnd } from '../plans/plaintext-end.ts';

/** What a run was told to do once its migration is proved; `later`, `null` and 0 stand for nothing said. */
export interface Conclusion {
  /** How plaintext columns end whose values have moved to another column; `later`: they stay. */
  readonly contract: 'later' | PlaintextEnd;
  /** Where the new key goes: `file:PATH#FIELD`. */
  readonly publication: string | null;
  /** How many cells may stay in quarantine. */
  readonly maximumQuarantine: number;
}

/** That of a run that was told nothing. */
export const plainConclusion: Conclusion = { contract: 'later', publication: null, maximumQuarantine: 0 };

/** Tells whether a run that concludes its migration in one way does all that another one was told to. */
export function coversConclusion(one: Conclusion, other: Conclusion): boolean {
  const names = Object.keys(plainConclusion) as (keyof Conclusion)[];
  return names.every((name) => other[name] === plainConclusion[name] || other[name] === one[name]);
}

/** Tells whether a run was told nothing, so that any other one may conclude its migration. */
export function isPlainConclusion(conclusion: Conclusion): boolean {
  return coversConclusion(plainConclusion, conclusion);
}

/** In words, e.g. `drop the plaintext and leave up to 5 cells in quarantine`. */
export function describeConclusion({ contract, publication, maximumQuarantine }: Conclusion): string {
  const steps = [
    ...(contract === 'later' ? [] : [`${contract} the columns of plaintext`]),
    ...(publication === null ? [] : [`put the new key into ${publication}`]),
    ...(maximumQuarantine === 0 ? [] : [`leave up to ${maximumQuarantine} cells in quarantine`]),
  ];
  return steps.length === 0 ? 'do nothing further' : steps.join(' and ');
}
