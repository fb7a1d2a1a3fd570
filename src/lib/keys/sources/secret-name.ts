import { referenceFault } from '../material/key-fault.ts';
import { isKeyShaped } from '../material/key-shape.ts';

/** Throws (exit 2) unless the text is the plain name of a secret: no path, and no key given in its place. */
export function requireSecretName(scheme: 'cred' | 'secret', name: string): void {
  if (/^[\w@%+,-][\w@%+,.-]{0,254}$/.test(name) && !isKeyShaped(name)) return;
  throw referenceFault(`what follows "${scheme}:" is not the name of a secret`, [
    `write the name alone, e.g. ${scheme}:old_key`,
    'for a file anywhere else write file:PATH',
  ]);
}
