// A program for the tests: writes a new key to the path in its argument and prints the error, if any, as JSON.
import { generateKey } from '../../../src/lib/keys/material/generate-key.ts';
import { writeKeyFile } from '../../../src/lib/keys/publication/write-key-file.ts';

const [output = ''] = process.argv.slice(2);
try {
  await writeKeyFile({ key: generateKey({ name: 'fernet', keyBytes: 32 }), output });
} catch (error) {
  process.stdout.write(JSON.stringify(error));
}
