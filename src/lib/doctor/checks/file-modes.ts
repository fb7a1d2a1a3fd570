import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { shellWord } from '../../model/texts/shell-word.ts';
import { fail, ok, warn, type Check, type Finding } from '../check.ts';
import { databaseFiles, type DatabaseFile } from './database-files.ts';

const othersMayRead = 0o004;
const othersMayWrite = 0o002;
const stickyBit = 0o1000;

/** Who may read and change the files of the database. */
export const fileModes: Check = {
  name: 'file modes',
  databases: ['sqlite'],
  examine({ location }) {
    if (process.platform === 'win32') return Promise.resolve([]);
    const files = databaseFiles(location);
    const findings = [...files.flatMap(judgeFile), ...judgeFolder(dirname(location))];
    return Promise.resolve(
      findings.length > 0 ? findings : [ok('the owner and the group alone have access')],
    );
  },
};

function judgeFile({ path, stats }: DatabaseFile): readonly Finding[] {
  const fix = `chmod o= ${shellWord(path)}`;
  if ((stats.mode & othersMayWrite) !== 0) return [fail(`every user can change "${path}"`, fix)];
  return (stats.mode & othersMayRead) !== 0 ? [warn(`every user can read "${path}"`, fix)] : [];
}

/** Whoever may write to the folder can put another database in place of this one. */
function judgeFolder(folder: string): readonly Finding[] {
  const { mode } = statSync(folder);
  const isOpen = (mode & othersMayWrite) !== 0 && (mode & stickyBit) === 0;
  return isOpen
    ? [fail(`every user can replace files in "${folder}"`, `chmod o-w ${shellWord(folder)}`)]
    : [];
}
