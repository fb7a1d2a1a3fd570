import { createHmac } from 'node:crypto';
import type { SecretKey } from '../keys/secret-key.ts';
import { hmacBlockBytes, hmacSha256, type HmacSha256 } from '../model/bytes/hmac-sha256.ts';
import { allocateTextMemory } from '../model/bytes/text-memory.ts';
import { encodePart, type ColumnPlace } from '../model/cells/cell-places.ts';
import type { IndexDefinition } from '../model/columns/blind-index.ts';
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
  const digest = createDigest(deriveHmac(key, place, normaliser));
  const ofValue = (content: Uint8Array): Uint8Array | null => {
    const indexed = normaliser.normalise(content);
    return indexed === null ? null : cutOff(digest(indexed), bits);
  };
  return {
    compute: (contents) =>
      contents.map((content) => (content === null || content === undefined ? content : ofValue(content))),
  };
}

/** Lays each message behind the inner pad, always in the same memory: an object a value costs more than its hash. */
function createDigest(hmac: HmacSha256): (message: Uint8Array) => string {
  let memory = allocateTextMemory(0);
  return (message) => {
    const bytes = hmacBlockBytes + message.length;
    if (memory.length < bytes) {
      memory = allocateTextMemory(2 * bytes);
      memory.set(hmac.innerPad);
    }
    memory.set(message, hmacBlockBytes);
    return hmac.digest(memory.subarray(0, bytes));
  };
}

/** The index's own key by HKDF-Expand (RFC 5869) of one block: HMAC-SHA256(key, info || 0x01). */
function deriveHmac(
  key: SecretKey,
  { table, column }: ColumnPlace,
  { name, version }: Normaliser,
): HmacSha256 {
  const words = [table, column, `${name}/${version}`];
  const info = Buffer.concat([
    Buffer.from(purpose, 'latin1'),
    ...words.flatMap((word) => encodePart('t', Buffer.from(word, 'utf8'))),
  ]);
  return key.use((bytes) => {
    const derived = createHmac('sha256', bytes).update(info).update(Uint8Array.of(1)).digest();
    try {
      return hmacSha256(derived);
    } finally {
      derived.fill(0);
    }
  });
}

function cutOff(digest: string, bits: number): Uint8Array {
  const cut = Buffer.from(digest.slice(0, Math.ceil(bits / 8)), 'latin1');
  const spare = cut.length * 8 - bits;
  const last = cut.length - 1;
  cut[last] = (cut[last] ?? 0) & (0xff << spare);
  return cut;
}
