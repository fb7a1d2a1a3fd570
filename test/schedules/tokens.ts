import { SecretKey } from '../../src/lib/keys/secret-key.ts';
import { openReference, sealReference } from '../support/reference-fernet.ts';

const bytes = {
  first: Buffer.from('the first key has 32 bytes: yes!'),
  second: Buffer.from('the second one has 32, as well!!'),
} as const;

/** A rotation goes from the first key to the second, a rollback back. */
export type KeyName = keyof typeof bytes;

/** Both keys as the engine takes them. */
export const keys = { first: new SecretKey(bytes.first), second: new SecretKey(bytes.second) } as const;

/** A token of the slow twin. */
export function seal(under: KeyName, plaintext: string): string {
  return sealReference(bytes[under], Buffer.from(plaintext));
}

/** A token that neither key opens. */
export function sealForeign(): string {
  return sealReference(Buffer.alloc(32, 7), Buffer.from('of another system'));
}

/** What a token holds, and under which key. */
export interface OpenedToken {
  readonly under: KeyName;
  readonly plaintext: string;
}

/** Opens tokens with the slow twin, each only once. */
export function createTokenReader(): (token: string) => OpenedToken | undefined {
  const known = new Map<string, OpenedToken | undefined>();
  return (token) => {
    if (!known.has(token)) known.set(token, openToken(token));
    return known.get(token);
  };
}

function openToken(token: string): OpenedToken | undefined {
  for (const under of ['first', 'second'] as const) {
    const result = openReference(bytes[under], token);
    if (result.outcome === 'opened') return { under, plaintext: result.plaintext.toString() };
  }
  return undefined;
}
