import { fail, ok, warn, type Check, type ExaminedKey, type Finding } from '../check.ts';

/** Whether every key that was named is there, is a key, and is kept where others cannot read it. */
export const keysLoad: Check = {
  name: 'keys',
  databases: ['sqlite', 'postgres'],
  examine({ keys }) {
    if (keys.length === 0) {
      const fix = 'keyturn doctor --old-key REF --new-key REF   # or name them in keyturn.config.yaml';
      return Promise.resolve([warn('no key was named, so none was tried', fix)]);
    }
    return Promise.resolve(keys.flatMap(judge));
  },
};

function judge({ role, reference, id, problem, warnings }: ExaminedKey): readonly Finding[] {
  if (problem) return [fail(problem.message, problem.fix)];
  const found = ok(`${role} key ${id ?? ''} from ${reference}`);
  return [found, ...warnings.map((warning) => warn(warning, 'keyturn keys inspect REF'))];
}
