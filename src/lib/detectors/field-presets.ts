import type { FieldType } from '../model/columns/field-type.ts';
import { cardNumber } from './card-number.ts';
import { codiceFiscale } from './codice-fiscale.ts';
import type { Detector } from './detector.ts';
import { emailAddress } from './email-address.ts';
import { iban } from './iban.ts';
import { nationalId } from './national-id.ts';
import { internationalPhoneNumber, phoneNumber } from './phone-number.ts';

/** What goes without saying for the columns of one field type. */
export interface FieldPreset {
  readonly fieldType: FieldType;
  /** What its values look like, e.g. `e-mail addresses`; `null`: like any text. */
  readonly looksLike: string | null;
  /** The rule by which its values are searched; `null`: they are not searched by value. */
  readonly normaliser: string | null;
  /** Tells whether a value looks like it. One that does not is counted, and encrypted all the same. */
  fits(text: string): boolean;
}

/** The preset of every field type. Names, addresses and questions look like any text: nothing can be told of them. */
export const fieldPresets: readonly FieldPreset[] = [
  preset('email', 'lower', [emailAddress]),
  preset('phone', 'digits', [internationalPhoneNumber, phoneNumber]),
  preset('tax_id', 'lower', [codiceFiscale, nationalId]),
  preset('personal_data', 'lower', []),
  preset('financial_data', 'exact', [iban, cardNumber]),
  preset('query', null, []),
  preset('credential', null, []),
];

function preset(
  fieldType: FieldType,
  normaliser: string | null,
  detectors: readonly Detector[],
): FieldPreset {
  const names = new Set(detectors.map(({ finds }) => finds));
  return {
    fieldType,
    normaliser,
    looksLike: names.size === 0 ? null : [...names].join(' or '),
    fits: (text) => detectors.length === 0 || detectors.some((detector) => detector.detects(text.trim())),
  };
}
