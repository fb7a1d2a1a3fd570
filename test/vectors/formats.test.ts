import { describe, expect, test } from 'vitest';
import { formatNamed } from '../../src/lib/formats/format-named.ts';
import { SecretKey } from '../../src/lib/keys/secret-key.ts';
import { cellClassOf } from '../../src/lib/model/cells/stored-value.ts';
import { plaintextOf } from '../unit/formats/batches.ts';
import { readFormatVectors, storedCell } from './format-vectors.ts';

describe.each(['aes-256-gcm-nist', 'aead-systems', 'cbc-systems', 'cloak-47ng'])('%s', (file) => {
  test.each(readFormatVectors(file))('$name', (vector) => {
    const format = formatNamed(vector.format);
    const cipher = format.bind(
      new SecretKey(Buffer.from(vector.key, format.keyShape === undefined ? 'hex' : 'latin1')),
    );
    const cell = storedCell(vector);
    const opened = cipher.openBatch([cell]);
    expect(opened.outcomes).toEqual([vector.expect]);
    if (vector.expect !== 'opened') return;
    expect(plaintextOf(opened, 0).toString('hex')).toBe(vector.plaintext);
    expect(format.recognises(cell)).toBe(true);
    const [sealed = ''] = cipher.sealBatch(opened, [cellClassOf(cell)]);
    expect(plaintextOf(cipher.openBatch([sealed]), 0).toString('hex')).toBe(vector.plaintext);
  });
});

test.each(readFormatVectors('cloak-47ng'))(
  '$name names its key by the same fingerprint as we do',
  (vector) => {
    const key = new SecretKey(Buffer.from(vector.key, 'hex'));
    const cell = storedCell(vector);
    const cipher = formatNamed(vector.format).bind(key);
    const [sealed = ''] = cipher.sealBatch(cipher.openBatch([cell]), ['text']);
    expect(String(sealed).slice(0, 21)).toBe(String(cell).slice(0, 21));
  },
);
