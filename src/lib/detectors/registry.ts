import { accessToken } from './access-token.ts';
import { cardNumber } from './card-number.ts';
import { codiceFiscale } from './codice-fiscale.ts';
import type { Detector } from './detector.ts';
import { emailAddress } from './email-address.ts';
import { iban } from './iban.ts';
import { nationalId } from './national-id.ts';
import { password } from './password.ts';
import { personalName } from './personal-name.ts';
import { internationalPhoneNumber, phoneNumber } from './phone-number.ts';
import { postalAddress } from './postal-address.ts';
import { randomSecret } from './random-secret.ts';
import { userQuery } from './user-query.ts';
import { wifiCredential } from './wifi-credential.ts';

/** Every detector, the most certain first: a column is called after the first that finds enough in it. */
export const detectors: readonly Detector[] = [
  wifiCredential,
  accessToken,
  codiceFiscale,
  iban,
  emailAddress,
  cardNumber,
  internationalPhoneNumber,
  phoneNumber,
  nationalId,
  password,
  randomSecret,
  personalName,
  postalAddress,
  userQuery,
];
