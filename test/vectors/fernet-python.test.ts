import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cipherOf, plainBatchOf, resultsOf } from '../unit/formats/batches.ts';
import { cells, plaintexts, testKeys } from '../unit/formats/fernet-cells.ts';
import { readVectorFile, vectorFileNames } from './fernet-vectors.ts';

const script = fileURLToPath(new URL('python_fernet.py', import.meta.url));
const missing = missingPython();
const [key] = testKeys;
const pythonKey = key.toString('base64url') + '=';
const cipher = cipherOf(key);

if (missing !== undefined) console.warn(`not compared with Python's cryptography: ${missing}`);

describe.skipIf(missing !== undefined)("Python's cryptography, live", () => {
  test('makes of every cell what a batch makes of it', () => {
    const batch = fc.sample(cells, { numRuns: 3000, seed: 20 });
    const judged = judge(pythonKey, batch.map(asJson));
    expect(judged).toEqual(judgementsOf(batch));
  });

  test('opens what a batch seals', () => {
    const values = fc.sample(plaintexts, { numRuns: 300, seed: 21 });
    const sealed = values.flatMap((value, index) =>
      cipher.sealBatch(plainBatchOf([value]), [index % 2 === 0 ? 'text' : 'blob']),
    );
    const judged = judge(pythonKey, sealed.map(asJson));
    expect(judged.map((judgement) => judgement.plaintext)).toEqual(values.map(asBase64));
  });

  test('seals what a batch opens', () => {
    const values = fc.sample(plaintexts, { numRuns: 300, seed: 22 });
    const tokens = seal(pythonKey, values.map(asBase64));
    const opened = judgementsOf(tokens);
    expect(opened.map((judgement) => judgement.plaintext)).toEqual(values.map(asBase64));
  });

  test.each(vectorFileNames)('still says what %s.json says', (name) => {
    const file = readVectorFile(name);
    const judged = judge(
      file.key,
      file.vectors.map(({ cell }) => cell),
    );
    expect(judged.map((judgement) => judgement.expect)).toEqual(file.vectors.map((vector) => vector.expect));
    expect(judged.map((judgement) => judgement.plaintext)).toEqual(
      file.vectors.map((vector) => vector.plaintext),
    );
  });
});

interface Judgement {
  readonly expect: 'opened' | 'rejected' | 'malformed';
  readonly plaintext?: string;
  readonly timestamp?: string;
}

function judgementsOf(batch: readonly (string | Uint8Array)[]): readonly Judgement[] {
  return resultsOf(cipher.openBatch(batch)).map((result) =>
    result.outcome === 'opened'
      ? { expect: result.outcome, plaintext: asBase64(result.plaintext), timestamp: String(result.timestamp) }
      : { expect: result.outcome },
  );
}

/** Lets Python open cells. */
function judge(encodedKey: string, cells: readonly object[]): readonly Judgement[] {
  return runPython('open', { key: encodedKey, cells }) as readonly Judgement[];
}

/** Lets Python seal plaintexts in base64. */
function seal(encodedKey: string, plaintexts: readonly string[]): readonly string[] {
  return runPython('seal', { key: encodedKey, plaintexts }) as readonly string[];
}

function runPython(command: 'open' | 'seal', request: object): unknown {
  const input = JSON.stringify(request);
  return JSON.parse(
    execFileSync('python3', [script, command], { input, maxBuffer: 1 << 30, encoding: 'utf8' }),
  );
}

/** Why Python cannot be asked, or undefined where it can. */
function missingPython(): string | undefined {
  const probe = spawnSync('python3', ['-c', 'import cryptography.fernet'], { encoding: 'utf8' });
  if (probe.error !== undefined) return 'python3 is not installed';
  return probe.status === 0 ? undefined : 'python3 has no module cryptography';
}

function asJson(cell: string | Uint8Array): object {
  return typeof cell === 'string' ? { text: cell } : { blob: asBase64(cell) };
}

function asBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
