import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { fernet } from '../../../src/lib/formats/fernet/fernet.ts';
import { SecretKey } from '../../../src/lib/keys/secret-key.ts';
import type { PackedCells } from '../../../src/lib/model/cells/packed-cells.ts';
import { packedBatch } from '../../../src/lib/model/cells/row-batch.ts';
import { openTranscoders } from '../../../src/lib/session/threads/transcoder-threads.ts';
import { packCells } from '../../support/pack-cells.ts';
import { sealReference } from '../../support/reference-fernet.ts';

const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
const encrypted = { kind: 'encrypted', format: fernet.name } as const;
const column = {
  name: 'secret',
  from: { ...encrypted, keyId: 'old' },
  to: { ...encrypted, keyId: 'new' },
  unrecognised: 'quarantine',
} as const;

/** Enough rows for a thread to be worth it. */
const target = { table: 'machines', columns: [column], fingerprint: '', estimatedRows: 20_000 };

function sizesOf({ bytes, starts, lengths }: PackedCells): readonly number[] {
  return [bytes, starts, lengths].map(({ byteLength }) => byteLength);
}

test('packed cells change hands whole, and leave no memory behind once they are released', async () => {
  const { transcoders, close } = openTranscoders(
    { targets: [target], timestamps: 'keep' },
    { old: new SecretKey(oldKey), new: new SecretKey(newKey) },
    'packed',
  );
  const cells = packCells([sealReference(oldKey, Buffer.from('one'), { timestamp: 1n }), null]);
  // What small buffers lie in belongs to others, too.
  const sent = { ...cells, bytes: Uint8Array.from(cells.bytes) };
  const transcoded = await transcoders[0]?.transcode(packedBatch([sent], { keys: [1n, 2n] }));
  expect(transcoded?.outcomes).toEqual([['rewritten', 'null']]);
  const { batch, packed: [fresh] = [] } = transcoded?.replacements ?? {};
  const [read] = batch?.packed ?? [];
  if (!read || !fresh) throw new Error('the cells did not stay packed');
  expect(sizesOf(sent)).toEqual([0, 0, 0]);
  for (const size of [...sizesOf(read), ...sizesOf(fresh)]) expect(size).toBeGreaterThan(0);
  transcoded?.release?.();
  expect([...sizesOf(read), ...sizesOf(fresh)]).toEqual([0, 0, 0, 0, 0, 0]);
  await close();
});
