import { ok, warn, type Check } from '../check.ts';

/** Even majors become long-term support lines; odd ones never do. */
const longTermEvery = 2;

/** The Node.js that runs this; one that is too old for keyturn never gets here. */
export const nodeVersion: Check = {
  name: 'Node.js',
  databases: ['sqlite', 'postgres'],
  examine() {
    const major = Number(process.versions.node.split('.')[0]);
    const finding =
      major % longTermEvery === 0
        ? ok(`${process.version} is supported`)
        : warn(`${process.version} is a short-lived version without security fixes`, 'install an even major');
    return Promise.resolve([finding]);
  },
};
