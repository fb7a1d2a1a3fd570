import { descriptorSource } from './descriptor-source.ts';
import { environmentSource } from './environment-source.ts';
import { fileSource } from './file-source.ts';
import type { KeySource } from './key-source.ts';
import { stdinSource } from './stdin-source.ts';

/** Every source a key reference can name. A literal key is what is left when none does. */
export const keySources: readonly KeySource[] = [
  environmentSource,
  fileSource,
  descriptorSource,
  stdinSource,
];

/** Schemes that have a meaning but no source yet; they are never taken for a literal key. */
export const plannedSchemes: readonly string[] = [
  'cmd',
  'cred',
  'secret',
  'prompt',
  'keyring',
  'awskms',
  'gcpkms',
  'azurekeyvault',
  'hashivault',
  'pkcs11',
];
