import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../docs/searching.md', import.meta.url), 'utf8');

/** Whether Python is there, without which the page's program cannot be run. */
export function isAtHand(): boolean {
  return spawnSync('python3', ['--version']).status === 0;
}

/** Runs the program of docs/searching.md on vectors; returns their indexes in hexadecimal. */
export function runProgram(key: string, vectors: readonly object[]): unknown {
  const code = /^```python\n(?<code>.*?)^```/msu.exec(page)?.groups?.['code'];
  if (code === undefined) throw new Error('the page has no program');
  const program = `${code}
import json, sys
given = json.load(sys.stdin)
def of(vector):
    normaliser = "%s/%d" % (vector["normaliser"], vector["version"])
    found = blind_index(bytes.fromhex(given["key"]), vector["table"], vector["column"], normaliser, vector["value"], vector["bits"])
    return None if found is None else found.hex()
json.dump([of(vector) for vector in given["vectors"]], sys.stdout)`;
  const input = JSON.stringify({ key, vectors });
  const { status, stdout, stderr } = spawnSync('python3', ['-c', program], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
