import { resolveKeyPath } from '../key-path.ts';
import { readKeyPointer } from '../key-pointer.ts';
import type { KeyMaterial, KeyOrigin, KeySource } from '../key-source.ts';
import { referenceFault } from '../material/key-fault.ts';
import { isKeyShaped } from '../material/key-shape.ts';
import { descriptorSource } from './descriptor-source.ts';
import { readKeyFile } from './read-key-file.ts';

/** `file:PATH`, or `file:PATH#pointer` into a YAML, JSON or .env file. */
export const fileSource: KeySource = {
  scheme: 'file',
  forms: ['file:PATH', 'file:PATH#FIELD'],
  locate(location) {
    const hash = location.indexOf('#');
    if (hash === -1) return locateFile(location);
    return locateField({ path: location.slice(0, hash), pointer: location.slice(hash + 1) });
  },
};

interface KeyField {
  readonly path: string;
  readonly pointer: string;
}

function locateFile(location: string): KeyOrigin {
  const path = resolveKeyPath(location);
  const descriptor = /^\/dev\/(?:fd\/(\d+)|stdin)$|^\/proc\/self\/fd\/(\d+)$/.exec(path);
  if (descriptor !== null) return descriptorSource.locate(descriptor[1] ?? descriptor[2] ?? '0');
  return {
    display: `file:${location}`,
    durability: 'durable',
    stored: `file:${path}`,
    read: () => readKeyFile({ path, holds: 'the key', exposure: 'refuse' }),
  };
}

function locateField(field: KeyField): KeyOrigin {
  if (/^$|\p{Cc}/u.test(field.pointer) || isKeyShaped(field.pointer)) {
    throw referenceFault('what follows "#" is not the name of a field', [
      'write file:PATH#FIELD, e.g. file:config.yaml#server.db_encryption_key',
    ]);
  }
  const path = resolveKeyPath(field.path);
  return {
    display: `file:${field.path}#${field.pointer}`,
    durability: 'durable',
    stored: `file:${path}#${field.pointer}`,
    read: () => readField({ path, pointer: field.pointer }),
  };
}

async function readField({ path, pointer }: KeyField): Promise<KeyMaterial> {
  const file = await readKeyFile({ path, holds: 'a field', exposure: 'refuse' });
  try {
    const value = await readKeyPointer({ path, pointer, content: file.bytes });
    return { bytes: Buffer.from(value, 'utf8'), warnings: file.warnings };
  } finally {
    file.bytes.fill(0);
  }
}
