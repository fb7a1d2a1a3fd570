import { randomBytes } from 'node:crypto';

/** Plans that one session has the server keep, at most; each takes memory there. */
const mostKept = 100;

/** Gives texts of statements the names under which the server keeps their plans; `undefined` once it keeps enough. */
export function createStatementNames(): (text: string) => string | undefined {
  const names = new Map<string, string>();
  // A server in one process keeps what an earlier connection has named.
  const prefix = `keyturn_${randomBytes(4).toString('hex')}`;
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= mostKept) return known;
    const name = `${prefix}_${String(names.size + 1)}`;
    names.set(text, name);
    return name;
  };
}
