import { join } from 'node:path';
import type { KeySource } from '../key-source.ts';
import { readKeyFile } from './read-key-file.ts';
import { requireSecretName } from './secret-name.ts';

/** `secret:NAME`: a secret that a container runtime mounts, by default under `/run/secrets`. */
export function createMountedSecretSource(folder: string): KeySource {
  return {
    scheme: 'secret',
    forms: ['secret:NAME'],
    locate(name) {
      requireSecretName('secret', name);
      return {
        display: `secret:${name}`,
        durability: 'durable',
        stored: `secret:${name}`,
        read: () =>
          readKeyFile({ path: join(folder, name), holds: 'the key', exposure: 'leave to the system' }),
      };
    },
  };
}
