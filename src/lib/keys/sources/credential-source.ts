import { join } from 'node:path';
import type { KeySource } from '../key-source.ts';
import { missingKeyFault } from '../material/key-fault.ts';
import { readKeyFile } from './read-key-file.ts';
import { requireSecretName } from './secret-name.ts';

/** `cred:NAME`: a credential that systemd hands to a service (`LoadCredential=`, `LoadCredentialEncrypted=`). */
export const credentialSource: KeySource = {
  scheme: 'cred',
  forms: ['cred:NAME'],
  locate(name) {
    requireSecretName('cred', name);
    return {
      display: `cred:${name}`,
      durability: 'durable',
      stored: `cred:${name}`,
      read: () =>
        readKeyFile({
          path: join(credentialsFolder(name), name),
          holds: 'the key',
          exposure: 'leave to the system',
        }),
    };
  },
};

/** The folder exists only inside the unit, and for as long as it runs. */
function credentialsFolder(name: string): string {
  const folder = process.env['CREDENTIALS_DIRECTORY'];
  if (folder !== undefined && folder !== '') return folder;
  throw missingKeyFault('systemd has handed over no credentials (CREDENTIALS_DIRECTORY is not set)', [
    `add to the unit's [Service] section: LoadCredential=${name}:/etc/keyturn/${name}`,
    `systemd-run --pipe -p LoadCredential=${name}:/etc/keyturn/${name} keyturn ...`,
  ]);
}
