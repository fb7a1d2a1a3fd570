import { createHmac, createSecretKey } from 'node:crypto';
import type { SecretKey } from '../keys/secret-key.ts';
import { encodePart, type ColumnPlace } from '../model/cell-places.ts';
import type { IndexDefinition } from '../model/blind-index.ts';
import type { Normaliser } from './normaliser.ts';
import { normaliserNamed } from './registry.ts';

/** Turns what cells hold into what is searched for. */
export interface BlindIndex {
  /** One answer for each content; `null`: nothing to index. */
  compute(contents: readonly IndexedContent[]): readonly IndexedContent[];
}

/** What a cell holds, or its index; `null`: NULL; undefined: not known. */
export type IndexedContent = Uint8Array | null | undefined;

/** What keys of blind indexes look like, for who reads them. */
export const indexKeyFormat = { name: 'blind index', keyBytes: 32 } as const;

/** Starts what a key is derived from, so that no other use of the same key meets it. */
const purpose = 'keyturn/bidx/v1';

/**
 * Binds an index to its key: HMAC-SHA256 of what the normaliser leaves of a value, cut off behind so many bits, the rest of the last
 * byte zero. The key is derived for table, column and normaliser, so that equal values in two columns do not show.
 */
export function createBlindIndex(
  key: SecretKey,
  definition: Pick<IndexDefinition, 'normaliser' | 'version' | 'bits' | 'place'>,
): BlindIndex {
  const { bits, place } = definition;
  const normaliser = normaliserNamed(definition.normaliser, definition.version);
  const derived = deriveKey(key, place, normaliser);
  const ofValue = (content: Uint8Array): Uint8Array | null => {
    const indexed = normaliser.normalise(content);
    return indexed === null ? null : cutOff(createHmac('sha256', derived).update(indexed).digest(), bits);
  };
  return {
    compute: (contents) =>
      contents.map((content) => (content === null || content === undefined ? content : ofValue(content))),
  };
}

/** HKDF-Expand (RFC 5869) of one block: HMAC-SHA256(key, info || 0x01). */
function deriveKey(
  key: SecretKey,
  { table, column }: ColumnPlace,
  { name, version }: Normaliser,
): ReturnType<typeof createSecretKey> {
  const words = [table, column, `${name}/${version}`];
  const info = Buffer.concat([
    Buffer.from(purpose, 'latin1'),
    ...words.flatMap((word) => encodePart('t', Buffer.from(word, 'utf8'))),
  ]);
  return key.use((bytes) => {
    const derived = createHmac('sha256', bytes).update(info).update(Uint8Array.of(1)).digest();
    try {
      return createSecretKey(derived);
    } finally {
      derived.fill(0);
    }
  });
}

function cutOff(digest: Buffer, bits: number): Uint8Array {
  const cut = digest.subarray(0, Math.ceil(bits / 8));
  const spare = cut.length * 8 - bits;
  const last = cut.length - 1;
  cut[last] = (cut[last] ?? 0) & (0xff << spare);
  return cut;
}
