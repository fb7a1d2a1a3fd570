import type { KeySource } from '../key-source.ts';
import { missingKeyFault, referenceFault } from '../material/key-fault.ts';
import { isKeyShaped } from '../material/key-shape.ts';

/** `env:NAME`. The environment holds strings, which JavaScript cannot wipe: a file is the safer place. */
export const environmentSource: KeySource = {
  scheme: 'env',
  forms: ['env:NAME'],
  locate(name) {
    requireVariableName(name);
    return {
      display: `env:${name}`,
      durability: 'volatile',
      stored: `env:${name}`,
      read: () => ({ bytes: readVariable(name), warnings: [] }),
    };
  },
};

function requireVariableName(name: string): void {
  if (isKeyShaped(name) || !/^[A-Za-z_]\w*$/.test(name)) {
    throw referenceFault('what follows "env:" is not the name of an environment variable', [
      'write the name without a dollar sign, e.g. env:OLD_KEY',
      'with env:$OLD_KEY the shell puts the key itself on the command line, where others can see it',
    ]);
  }
}

function readVariable(name: string): Uint8Array {
  const value = process.env[name];
  if (value === undefined) {
    throw missingKeyFault(`environment variable "${name}" is not set`, [
      `export ${name}="$(cat PATH)"`,
      `sudo --preserve-env=${name} keyturn ...   # sudo drops the environment`,
    ]);
  }
  if (value === '') {
    throw missingKeyFault(`environment variable "${name}" is set but empty`, [
      `export ${name}="$(cat PATH)"`,
    ]);
  }
  return Buffer.from(value, 'utf8');
}
