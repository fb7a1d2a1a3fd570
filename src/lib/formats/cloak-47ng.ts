import { createHash } from 'node:crypto';
import { createAeadFormat } from './aead/aead-format.ts';
import { nonceBytes, overheadBytes } from './aead/sealed-layout.ts';
import type { CellFormat } from './cell-format.ts';
import { base64urlEncoding, decodeText } from './encodings/base64.ts';
import type { CellEncoding } from './encodings/cell-encoding.ts';
import { cellOfText, textOfCell } from './encodings/cell-text.ts';

const formatName = 'cloak-47ng';
const prefix = 'v1.aesgcm256.';
const keyPrefix = 'k1.aesgcm256.';
const fingerprintDigits = 8;
const cellForm = /^\s*v1\.aesgcm256\.([0-9a-f]{8})\.([\w-]{16})\.([\w-]+={0,2})\s*$/;

/**
 * The string of 47ng's cloak (prisma-field-encryption): `v1.aesgcm256.<fingerprint>.<IV>.<ciphertext and tag>`, both in base64url.
 * The fingerprint is the beginning of the SHA-256 of the key as cloak writes it, `k1.aesgcm256.` and base64url.
 */
export const cloak47ng: CellFormat = {
  ...withFingerprint(''),
  bind(key) {
    return withFingerprint(key.use(fingerprintOf)).bind(key);
  },
};

function fingerprintOf(key: Uint8Array): string {
  const hash = createHash('sha256').update(keyPrefix);
  const text = Buffer.from(String(base64urlEncoding.encode(Buffer.from(key), 'text')), 'latin1');
  const fingerprint = hash.update(text).digest('hex').slice(0, fingerprintDigits);
  text.fill(0);
  return fingerprint;
}

function withFingerprint(fingerprint: string): CellFormat {
  return createAeadFormat(
    { name: formatName, detection: 'by content' },
    { algorithm: 'aes-256-gcm', order: 'nonce-ciphertext-tag', encoding: cloakEncoding(fingerprint) },
  );
}

function cloakEncoding(fingerprint: string): CellEncoding {
  return {
    classes: ['text', 'blob'],
    candidate: () => ({
      minimumLength: prefix.length + fingerprintDigits + 1 + 16 + 1 + 22,
      firstCharacters: 'v',
    }),
    bytesAtMost: ({ length }) => Math.max(length, overheadBytes),
    decode(cell, target, at) {
      const [, , iv = '', ciphertext = ''] = cellForm.exec(textOfCell(cell) ?? '') ?? [];
      if (iv === '' || decodeText(iv, target, at) !== nonceBytes) return undefined;
      const bytes = decodeText(ciphertext, target, at + nonceBytes);
      return bytes === undefined ? undefined : nonceBytes + bytes;
    },
    isCanonical(cell) {
      const text = textOfCell(cell) ?? '';
      const ciphertext = text.slice(text.lastIndexOf('.') + 1);
      return cellForm.test(text) && text.trim() === text && base64urlEncoding.isCanonical(ciphertext);
    },
    lengthOf: (sealedBytes) =>
      prefix.length +
      fingerprintDigits +
      1 +
      base64urlEncoding.lengthOf(nonceBytes) +
      1 +
      base64urlEncoding.lengthOf(sealedBytes - nonceBytes),
    encode(sealed, cellClass) {
      const iv = sealed.toString('base64url', 0, nonceBytes);
      const ciphertext = String(base64urlEncoding.encode(sealed.subarray(nonceBytes), 'text'));
      return cellOfText(`${prefix}${fingerprint}.${iv}.${ciphertext}`, cellClass);
    },
  };
}
