import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** A value to seal with XAES-256-GCM. */
export interface XaesValue {
  readonly key: Uint8Array;
  /** 24 bytes. */
  readonly nonce: Uint8Array;
  readonly additionalData: Uint8Array;
}

/** AES-256 of one block. */
function aes(key: Uint8Array, block: Uint8Array): Buffer {
  return createCipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(block);
}

function xor(one: Uint8Array, other: Uint8Array): Buffer {
  return Buffer.from(one.map((byte, index) => byte ^ (other[index] ?? 0)));
}

/** The sub-key as https://c2sp.org/XAES-256-GCM derives it, step by step. */
function subKeyOf({ key, nonce }: XaesValue): Buffer {
  const l = aes(key, Buffer.alloc(16));
  const shifted = Buffer.from(l.map((byte, index) => ((byte << 1) | ((l[index + 1] ?? 0) >> 7)) & 0xff));
  if ((l[0] ?? 0) >= 0x80) shifted[15] = (shifted[15] ?? 0) ^ 0x87;
  const salt = nonce.subarray(0, 12);
  const blocks = [1, 2].map((counter) => Buffer.concat([Buffer.of(0, counter, 0x58, 0), salt]));
  return Buffer.concat(blocks.map((block) => aes(key, xor(block, shifted))));
}

/** Seals one value the slow and readable way: ciphertext and tag. */
export function sealXaes(value: XaesValue, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', subKeyOf(value), value.nonce.subarray(12), {
    authTagLength: 16,
  });
  cipher.setAAD(value.additionalData);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Opens one value; throws where anything about it is not right. */
export function openXaes(value: XaesValue, sealed: Uint8Array): Buffer {
  const cipher = createDecipheriv('aes-256-gcm', subKeyOf(value), value.nonce.subarray(12), {
    authTagLength: 16,
  });
  cipher.setAAD(value.additionalData);
  cipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
}

/** What makes a cell out of a sealed value, and the value's type and place. */
export interface XaesCell {
  readonly key: Uint8Array;
  /** Eight hexadecimal digits. */
  readonly keyId: string;
  readonly additionalData: Uint8Array;
}

/** A whole cell of the format `tink-xaes`; the plaintext begins with the code of its type. */
export function sealXaesCell({ key, keyId, additionalData }: XaesCell, plaintext: Uint8Array): Buffer {
  const nonce = randomBytes(24);
  const sealed = sealXaes({ key, nonce, additionalData }, plaintext);
  return Buffer.concat([Buffer.from(`01${keyId}`, 'hex'), nonce, sealed]);
}

/** The plaintext of a cell, the code of its type in front. */
export function openXaesCell({ key, keyId, additionalData }: XaesCell, cell: Uint8Array): Buffer {
  if (Buffer.from(cell.subarray(0, 5)).toString('hex') !== `01${keyId}`) throw new Error('another key');
  return openXaes({ key, nonce: cell.subarray(5, 29), additionalData }, cell.subarray(29));
}
