import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { shellWord } from '../model/shell-word.ts';
import { fail, ok, warn, type Check, type Finding } from './check.ts';
import { databaseFiles, type DatabaseFile } from './database-files.ts';

const OTHERS_MAY_READ = 0o004;
const OTHERS_MAY_WRITE = 0o002;
const STICKY = 0o1000;

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
  if ((stats.mode & OTHERS_MAY_WRITE) !== 0) return [fail(`every user can change "${path}"`, fix)];
  return (stats.mode & OTHERS_MAY_READ) !== 0 ? [warn(`every user can read "${path}"`, fix)] : [];
}

/** Whoever may write to the folder can put another database in place of this one. */
function judgeFolder(folder: string): readonly Finding[] {
  const { mode } = statSync(folder);
  const isOpen = (mode & OTHERS_MAY_WRITE) !== 0 && (mode & STICKY) === 0;
  return isOpen
    ? [fail(`every user can replace files in "${folder}"`, `chmod o-w ${shellWord(folder)}`)]
    : [];
}
