import { aes256CbcVersioned } from './aes-256-cbc-versioned/aes-256-cbc-versioned.ts';
import { aes256Cbc } from './aes-256-cbc.ts';
import { aes256GcmJson } from './aes-256-gcm-json/aes-256-gcm-json.ts';
import { aes256Gcm } from './aes-256-gcm.ts';
import { chacha20Poly1305 } from './chacha20-poly1305.ts';
import { cloak47ng } from './cloak-47ng.ts';
import { fernet } from './fernet/fernet.ts';
import { withoutOptions, type FormatFamily } from './format-family.ts';
import { tinkXaes } from './tink-xaes/tink-xaes.ts';

/** Every cell format. A new one is one new file or folder and one line here. */
export const formatFamilies: readonly FormatFamily[] = [
  withoutOptions(fernet),
  aes256Gcm,
  withoutOptions(aes256GcmJson),
  chacha20Poly1305,
  tinkXaes,
  withoutOptions(cloak47ng),
  aes256CbcVersioned,
  aes256Cbc,
];
