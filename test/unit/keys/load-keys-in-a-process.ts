// A program for the tests: loads one key, or an old and a new one, and prints what came of it as JSON.
import { parseKeyReference } from '../../../src/lib/keys/key-reference.ts';
import { loadKeyPair } from '../../../src/lib/keys/load-key-pair.ts';
import { loadKey } from '../../../src/lib/keys/load-key.ts';

const format = { name: 'fernet', keyBytes: 32 } as const;
const [oldText = '', newText] = process.argv.slice(2);

async function loadIds(): Promise<readonly string[]> {
  const reference = parseKeyReference(oldText, 'old');
  if (newText === undefined) return [(await loadKey({ reference, format, role: 'old' })).key.id];
  const newReference = parseKeyReference(newText, 'new');
  const pair = await loadKeyPair({ old: { reference, format }, new: { reference: newReference, format } });
  return [pair.old.key.id, pair.new.key.id];
}

try {
  console.log(JSON.stringify({ ids: await loadIds() }));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.log(JSON.stringify(Object.assign({ message }, error)));
}
