import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { referenceFault } from './material/key-fault.ts';
import { isKeyShaped } from './material/key-shape.ts';

/** The absolute path of a key file, with a leading `~` expanded; the shell does not expand it after `file:`. */
export function resolveKeyPath(path: string): string {
  if (path === '') {
    throw referenceFault('the path of the key file is empty', ['write file:PATH, e.g. file:old.key']);
  }
  if (isKeyShaped(path)) {
    throw referenceFault('the path of the key file looks like a key itself', [
      'if it is a path, write file:./PATH',
      'if it is a key, put it into a file of its own and write file: and the name of that file',
    ]);
  }
  const resolved = resolve(expandHome(path));
  if (/\p{Cc}|#|\?(?:enc|derive)=/u.test(resolved)) {
    throw referenceFault(
      'the full path of the key file contains "#", "?enc=", "?derive=" or a control character',
      ['move the file, or make a link to it: ln -s PATH old.key'],
    );
  }
  return resolved;
}

function expandHome(path: string): string {
  if (path === '~' || path.startsWith('~/')) return homedir() + path.slice(1);
  if (path.startsWith('~')) {
    throw referenceFault('only "~/" at the start of a path is expanded, not another user\'s folder', [
      'write the full path, or ./ before a file name that starts with "~"',
    ]);
  }
  return path;
}
