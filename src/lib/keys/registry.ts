import type { KeySource } from './key-source.ts';
import { createCommandSource } from './sources/command-source.ts';
import { credentialSource } from './sources/credential-source.ts';
import { descriptorSource } from './sources/descriptor-source.ts';
import { environmentSource } from './sources/environment-source.ts';
import { fileSource } from './sources/file-source.ts';
import { createMountedSecretSource } from './sources/mounted-secret-source.ts';
import { promptSource } from './sources/prompt-source.ts';
import { stdinSource } from './sources/stdin-source.ts';

/** Long enough for a password store that waits for a hardware token. */
const commandTimeoutMilliseconds = 60_000;

/** Every source a key reference can name. A literal key is what is left when none does. */
export const keySources: readonly KeySource[] = [
  fileSource,
  environmentSource,
  createCommandSource(commandTimeoutMilliseconds),
  credentialSource,
  createMountedSecretSource('/run/secrets'),
  promptSource,
  descriptorSource,
  stdinSource,
];

/** Schemes that have a meaning but no source yet; they are never taken for a literal key. */
export const plannedSchemes: readonly string[] = [
  'keyring',
  'awskms',
  'gcpkms',
  'azurekeyvault',
  'hashivault',
  'pkcs11',
];
